"""Preparation: cases become arrays of one spacing and one intensity scale, once, before training.

In:   cases and a PreparationConfig.
Out:  Prepared arrays, held in memory or memory-mapped in scratch when they would not fit.
Not:  no choice of spacing or scheme (planning/), no patches (sampling/).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.grid import Grid
from isocenter.core.image import LABELS, Image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.imaging.macenko import standard_stains
from isocenter.imaging.resample import to_grid, zoom_to
from isocenter.learning.assessed import assessed

IGNORED = -1
"""Target value of a sample nobody assessed."""


@dataclass(frozen=True, kw_only=True)
class PreparationConfig:
    """How an image becomes a network's input; saved with the model, since prediction must repeat it."""

    inputs: tuple[str, ...]
    """Input names, in channel order."""
    channels: tuple[int, ...]
    """Channels of each input."""
    spacing: tuple[float, ...] = ()
    """World units; () keeps each case's own samples. 0 on an axis keeps that axis."""
    longest: int = 0
    """Samples every picture's longest side is brought to; 0 keeps them. For pictures whose scale nobody knows."""
    scheme: str = "zscore"
    """"zscore" per image, "ct" (clip and scale by the learning cases' numbers), "macenko" (stains of H&E normalized, then zscore),
    "none"."""
    low: float = 0.0
    """ct: clip below (0.5th percentile of the foreground)."""
    high: float = 0.0
    """ct: clip above (99.5th percentile)."""
    mean: float = 0.0
    deviation: float = 1.0


class Prepared(Record):
    """One case, ready for patches."""

    key: str
    image: NDArray[np.float32]
    """(C, *S); a missing input's channels are 0, the mean of every normalized image."""
    grid: Grid
    """The case's own grid, to go back to."""
    target: NDArray[Any] | None = None
    """(*S) int16 class index, -1 not assessed; overlapping: (K, *S)."""
    missing: tuple[str, ...] = ()
    """Inputs the case does not have."""


def prepare_image(case: Case, config: PreparationConfig) -> Prepared:
    """Load, stack, resample and normalize a case's inputs. StudyError when it has none of them."""
    images = {name: case.inputs[name] for name in config.inputs if name in case.inputs}
    if not images:
        raise StudyError(f"case {case.key}: expected at least one of the inputs {', '.join(config.inputs)}, got none.")
    first = next(iter(images.values()))
    if not isinstance(first, Image):
        raise StudyError(
            f"case {case.key}: expected one image per input, got {type(first).__name__}; this method takes no bags or slides."
        )
    grid = first.grid
    shape = network_shape(grid, config)
    planes: list[NDArray[np.float32]] = []
    for name, count in zip(config.inputs, config.channels, strict=True):
        if name not in images:
            planes.append(np.zeros((count, *shape), np.float32))
            continue
        planes.append(_one_input(case, name, images[name], count=count, grid=grid, shape=shape, config=config))
    missing = tuple(n for n in config.inputs if n not in images)
    return Prepared(key=case.key, image=np.concatenate(planes), grid=grid, missing=missing)


def prepare_target(case: Case, target: Target, prepared: Prepared) -> NDArray[Any]:
    """Return the truth on the prepared array's samples: (*S) int16, or (K, *S) if regions overlap; -1 = outside its scope."""
    mask = case.labels[target.name]
    if not isinstance(mask, Mask):
        raise StudyError(f"case {case.key}: expected a mask for target {target.name}, got {type(mask).__name__}.")
    if mask.grid.shape != prepared.grid.shape:
        raise GeometryError(
            f"case {case.key}: expected a mask on the image's grid {prepared.grid.shape}, got {mask.grid.shape}. "
            "Mend it with: isocenter check STUDY --fix"
        )
    labels: NDArray[Any] = zoom_to(mask.labels.array(), prepared.image.shape[1:], order=0).astype(np.int16)
    where = assessed(case, target, prepared.grid)
    if where is not None:
        labels[:, ~zoom_to(where[None], prepared.image.shape[1:], order=0)[0]] = IGNORED
    return labels if mask.overlapping else labels[0]


def prepare_all(
    cases: Iterable[Case],
    config: PreparationConfig,
    *,
    target: Target,
    scratch: Path | None,
    track: Callable[[Iterable[Case]], Iterable[Case]] = iter,
) -> list[Prepared]:
    """Prepare every case that has the target; with `scratch`, arrays are written there and memory-mapped."""
    ready: list[Prepared] = []
    for case in track(cases):
        if target.name not in case.labels:
            continue
        prepared = prepare_image(case, config)
        labels = prepare_target(case, target, prepared)
        image = prepared.image
        if scratch is not None:
            image = mapped(image, scratch / f"{len(ready)}_image.npy")
            labels = mapped(labels, scratch / f"{len(ready)}_target.npy")
        ready.append(Prepared(key=case.key, image=image, grid=prepared.grid, target=labels, missing=prepared.missing))
    return ready


def prepared_bytes(cases: Iterable[Case], config: PreparationConfig) -> float:
    """Return the bytes the prepared images will take, from headers alone."""
    total = 0.0
    for case in cases:
        image = next((case.inputs[n] for n in config.inputs if n in case.inputs), None)
        if isinstance(image, Image):
            total += 4.0 * sum(config.channels) * float(np.prod(network_shape(image.grid, config), dtype=float))
    return total


def network_shape(grid: Grid, config: PreparationConfig) -> tuple[int, ...]:
    """Return how many samples a grid has once prepared (spacing () or 0 on an axis, and longest 0: as they are)."""
    spacing = config.spacing
    if config.longest:
        return tuple(max(1, round(n * config.longest / max(grid.shape))) for n in grid.shape)
    if not spacing:
        return grid.shape
    return tuple(
        n if want == 0 else max(1, round(n * have / want)) for n, have, want in zip(grid.shape, grid.spacing, spacing, strict=True)
    )


def normalize(array: NDArray[Any], config: PreparationConfig) -> NDArray[np.float32]:
    """Bring intensities (C, *S) to mean 0, deviation 1. NaN and infinities become the image's minimum."""
    x = (_stained(array) if config.scheme == "macenko" else array).astype(np.float32)
    if not np.isfinite(x).all():
        finite = np.isfinite(x)
        x = np.where(finite, x, x[finite].min() if finite.any() else 0.0).astype(np.float32)
    if config.scheme == "none":
        return x
    if config.scheme == "ct":
        return np.asarray((np.clip(x, config.low, config.high) - config.mean) / max(config.deviation, 1e-8), np.float32)
    space = tuple(range(1, x.ndim))
    mean = x.mean(axis=space, keepdims=True)
    deviation = x.std(axis=space, keepdims=True)
    return np.asarray((x - mean) / np.maximum(deviation, 1e-8), np.float32)


def _stained(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return a picture with standard stains. StudyError for what is no color picture of 8 bits."""
    if array.dtype != np.uint8 or array.ndim != 3 or len(array) != 3:
        raise StudyError(
            f"expected color pictures of 8 bits for stains, got {array.dtype} {array.shape}. Leave out the scheme macenko."
        )
    return standard_stains(array)


def _one_input(
    case: Case, name: str, image: Any, *, count: int, grid: Grid, shape: tuple[int, ...], config: PreparationConfig
) -> NDArray[np.float32]:
    if not isinstance(image, Image):
        raise StudyError(f"case {case.key}, input {name}: expected an image, got {type(image).__name__}.")
    samples = image.array()
    if samples.ndim != image.grid.ndim + 1:
        raise StudyError(f"case {case.key}, input {name}: expected a still image, got one over time with shape {samples.shape}.")
    if samples.shape[0] != count:
        samples = as_channels(samples, count, case=case.key, name=name)
    if image.grid.world == "px" and image.grid.shape != grid.shape:
        raise GeometryError(
            f"case {case.key}, input {name}: expected a picture of {grid.shape} pixels like the case's other inputs, got "
            f"{image.grid.shape}. Pictures carry no place to match them by; bring them to one size first."
        )
    if image.unit == LABELS:  # classes have no scale, and no neighbor to overshoot to
        moved = to_grid(samples.astype(np.float32), image.grid, grid, order=1, fill=0.0)
        return np.asarray(zoom_to(moved, shape, order=1), np.float32)
    # Normalized before it is resampled: the statistics are those of the samples measured.
    scaled = normalize(samples, config)
    scaled = np.asarray(to_grid(scaled, image.grid, grid, order=1, fill=float(scaled.min())), np.float32)
    return np.asarray(zoom_to(scaled, shape, order=3), np.float32)


def as_channels(samples: NDArray[Any], count: int, *, case: str, name: str) -> NDArray[Any]:
    """Gray pictures among colored ones (and the reverse) happen in every collection from the web."""
    if samples.shape[0] == 1:
        return np.repeat(samples, count, axis=0)
    if count == 1:
        return np.asarray(samples.mean(axis=0, keepdims=True))
    raise StudyError(f"case {case}, input {name}: expected {count} channels as in the learning cases, got {samples.shape[0]}.")


def mapped(array: NDArray[Any], path: Path) -> NDArray[Any]:
    """Write an array to a file and return it as a memory map, read only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array)
    mapped: NDArray[Any] = np.load(path, mmap_mode="r")
    return mapped
