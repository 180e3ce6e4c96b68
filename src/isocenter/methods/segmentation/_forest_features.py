"""What a random forest sees of a sample: its neighborhood at several scales, and where it lies.

In:   a case, the channels the forest knows, radii.
Out:  features (F, *R) on a grid no finer than needed, R <= S.
Not:  no forest (_forest.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import SettingError
from isocenter.core.grid import Grid
from isocenter.core.record import Record
from isocenter.imaging.resample import zoom_to
from isocenter.imaging.scale_space import scale_space
from isocenter.methods._baselines.channels import read_channels


@dataclass(frozen=True, kw_only=True)
class RandomForestConfig:
    """Settings of the random forest."""

    sigmas: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Radii of the neighborhoods, in samples of the finest axis."""
    place: bool = True
    """Whether a sample's place in the picture, relative to its size, is a feature."""
    trees: int = 24
    depth: int = 14
    """Questions a tree may ask in a row."""
    least: int = 5
    """Samples a leaf holds at least."""
    per_case: int = 4000
    """Samples drawn from one case, as many of each class."""
    cases: int = 60
    """Learning cases, at most."""
    samples: int = 400_000
    """A larger image is seen, and answered, at about this many samples."""
    keep_probability: bool = False
    """Whether a prediction carries the probability of each class."""

    def __post_init__(self) -> None:
        if not self.sigmas or min(self.sigmas) <= 0:
            raise SettingError(f"expected radii > 0, got sigmas {self.sigmas!r}.")
        for name in ("trees", "depth", "least", "per_case", "cases", "samples"):
            if getattr(self, name) < 1:
                raise SettingError(f"expected {name} >= 1, got {getattr(self, name)!r}.")


class Features(Record):
    """Features of one case."""

    array: NDArray[np.float32]
    """(F, *R)"""
    grid: Grid
    """The image's own, of shape S."""


def features_of(case: Case, inputs: Sequence[str], channels: Sequence[str], config: RandomForestConfig) -> Features:
    """Return the features of a case; a channel it lacks is flat. GeometryError if it has no image, or not 2 or 3 axes."""
    seen = read_channels(case, inputs)
    shape = shrunk(seen.grid.shape, config.samples)
    spacing = [s * n / m for s, n, m in zip(seen.grid.spacing, seen.grid.shape, shape, strict=True)]
    sigmas = [sigma * min(spacing) for sigma in config.sigmas]
    parts = []
    for name in channels:
        array = seen.arrays[name] if name in seen.arrays else np.zeros(seen.grid.shape, np.float32)
        parts.append(scale_space(zoom_to(array[None], shape)[0], spacing=spacing, sigmas=sigmas))
    if config.place:
        parts.append(np.stack(np.meshgrid(*[(np.arange(n) + 0.5) / n for n in shape], indexing="ij")).astype(np.float32))
    return Features(array=np.concatenate(parts), grid=seen.grid)


def shrunk(shape: Sequence[int], samples: int) -> tuple[int, ...]:
    """Return the shape with the same proportions and at most about `samples` samples."""
    ratio = (samples / float(np.prod(shape))) ** (1 / len(shape))
    return tuple(int(n) if ratio >= 1 else max(1, round(n * ratio)) for n in shape)
