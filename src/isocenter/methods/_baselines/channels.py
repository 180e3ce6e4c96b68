"""What the classical methods see of an image: its channels by name, on one grid, in comparable numbers.

In:   a case and the study's inputs. Out: Channels.
Not:  no registration: inputs are taken to lie in the world where their headers say.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.imaging.resample import to_grid

_SAMPLED = 200_000  # samples that are enough for a percentile


class Channels(Record):
    """The channels of one case: name -> (*S) float32, and where they lie. A missing view is an absent key."""

    arrays: Mapping[str, NDArray[np.float32]]
    grid: Grid


def images_of(case: Case, inputs: Iterable[str]) -> dict[str, Image]:
    """Return the inputs of a case that are images (or masks, as images), by name. Headers only."""
    found: dict[str, Image] = {}
    for name in inputs:
        value = case.inputs.get(name)
        if isinstance(value, Mask):
            value = value.labels
        if isinstance(value, Image):
            found[name] = value
    return found


def grid_of(case: Case, inputs: Iterable[str]) -> Grid:
    """Return the grid an answer lies on: that of the first image. GeometryError if there is none, or it has times."""
    for image in images_of(case, inputs).values():
        if image.grid.times_s:
            raise GeometryError(
                f"expected a still image in case {case.key}, got {len(image.grid.times_s)} times. Choose one time first."
            )
        return image.grid
    raise GeometryError(f"expected an image among the inputs of case {case.key}, got none: nothing says where an answer lies.")


def read_channels(case: Case, inputs: Iterable[str]) -> Channels:
    """Read a case's images, channel by channel, in comparable numbers, on the grid of the first.

    Calibrated CT (unit "HU") is mapped from -1000…1000 HU to 0…1; anything else from its own 0.5th to 99.5th percentile to 0…1,
    so that a scanner's gain and offset do not matter. Not finite becomes 0. GeometryError as in `grid_of`, or when pictures without
    a place in the world differ in shape.
    """
    names = tuple(inputs)
    grid = grid_of(case, names)
    arrays: dict[str, NDArray[np.float32]] = {}
    for name, image in images_of(case, names).items():
        if image.grid.times_s or (grid.world == "px" and image.grid.shape != grid.shape):
            raise GeometryError(
                f"expected input {name} of case {case.key} on the grid {grid.shape} of its first image, got {image.grid.shape} "
                f"{'with times ' if image.grid.times_s else ''}and no place in the world. Resample it first."
            )
        samples = to_grid(image.array(), image.grid, grid)  # (C, *S)
        for channel, array in zip(image.channels, samples, strict=True):
            key = name if len(image.channels) == 1 else f"{name}/{channel}"
            arrays[key] = _comparable(array, image.unit)
    return Channels(arrays=arrays, grid=grid)


def _comparable(array: NDArray[np.generic], unit: str) -> NDArray[np.float32]:
    """Map intensities so that most lie in [0, 1]."""
    values = np.nan_to_num(np.asarray(array, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    if unit == "HU":
        return (values + np.float32(1000)) / np.float32(2000)
    flat = values.reshape(-1)
    low, high = np.percentile(flat[:: max(1, flat.size // _SAMPLED)], (0.5, 99.5))
    if high <= low:
        low, high = float(flat.min()), float(flat.max())
    return (values - np.float32(low)) / np.float32(max(high - low, 1e-6))
