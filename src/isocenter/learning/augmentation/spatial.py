"""Spatial change: rotation, zoom, elastic displacement (2-D) and mirroring, in one resampling.

In:   a batch, possibly larger than what shall leave.
Out:  the batch at the patch's size: image linear, target nearest. What lies outside the input repeats the border in the
      image and is not assessed in the target.
Not:  no shift; the sampler moves patches.

Samples that are only mirrored are flipped and cropped, not resampled.
"""

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from isocenter.core.record import Record
from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch

CONTROL_SAMPLES = 32
"""Distance of the elastic field's control points."""


class SpatialParameters(Record):
    """Per sample of the batch: which axes are mirrored, and the map from output to input samples, or None for a plain crop."""

    size: tuple[int, ...]
    """Samples per axis that leave."""
    mirrored: tuple[tuple[int, ...], ...]
    """Axes of space, per sample."""
    maps: tuple[NDArray[np.float64] | None, ...]
    """(axes, axes): offset from the center of the output, in samples -> offset from the center of the input."""
    displacements: tuple[NDArray[np.float32] | None, ...]
    """(2, *coarse), in samples, per sample; 2-D only."""
    untouched_axis: int | None = None


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> SpatialParameters:
    """Draw angles, zooms, displacements and mirrored axes for every sample."""
    axes = len(shape) - 2
    size = config.patch or shape[2:]
    flips = range(axes) if config.mirror_axes is None else config.mirror_axes
    mirrored, maps, displacements = [], [], []
    for _ in range(shape[0]):
        mirrored.append(tuple(axis for axis in flips if generator.random() < 0.5))
        elastic = axes == 2 and generator.random() < config.elastic_probability
        turned = generator.random() < config.rotation_probability
        zoomed = generator.random() < config.scaling_probability
        displacements.append(_displacement(generator, size, config) if elastic else None)
        maps.append(_map(generator, axes, config, turned=turned, zoomed=zoomed) if elastic or turned or zoomed else None)
    return SpatialParameters(
        size=tuple(size),
        mirrored=tuple(mirrored),
        maps=tuple(maps),
        displacements=tuple(displacements),
        untouched_axis=config.untouched_axis if axes == 3 else None,
    )


def apply(batch: Batch, parameters: SpatialParameters) -> Batch:
    """Resample, crop and mirror."""
    count = batch.image.shape[0]
    image = batch.image.new_empty((count, batch.image.shape[1], *parameters.size))
    target = None if batch.target is None else batch.target.new_empty((count, batch.target.shape[1], *parameters.size))
    for sample in range(count):
        flips = tuple(axis + 1 for axis in parameters.mirrored[sample])
        before = None if batch.target is None else batch.target[sample]
        matrix = parameters.maps[sample]
        if matrix is None:
            seen = _cropped(batch.image[sample], parameters.size)
            named = None if before is None else _cropped(before, parameters.size)
        else:
            seen, named = _resampled(batch.image[sample], before, matrix, sample, parameters)
        image[sample] = seen.flip(flips)
        if target is not None and named is not None:
            target[sample] = named.flip(flips)
    return Batch(image=image, target=target)


def _map(
    generator: np.random.Generator, axes: int, config: AugmentationConfig, *, turned: bool, zoomed: bool
) -> NDArray[np.float64]:
    """Draw the map from output to input samples, about the centers."""
    limits = config.rotation_deg or ((180.0,) if axes == 2 else (30.0,) * 3)
    angles = generator.uniform(-1, 1, len(limits)) * np.asarray(limits) * pi / 180 * turned
    low, high = config.scaling
    below = low < 1 and (high <= 1 or generator.random() < 0.5)
    drawn = generator.uniform(low, min(high, 1.0)) if below else generator.uniform(max(low, 1.0), high)
    zoom = drawn if zoomed else 1.0
    if axes == 2:
        matrix = _turn(angles[0], 0, 1, 2)
    else:
        about = [_turn(angle, *plane, 3) for angle, plane in zip(angles, ((1, 2), (2, 0), (0, 1)), strict=True)]
        kept = config.untouched_axis
        matrix = about[kept] if kept is not None else about[0] @ about[1] @ about[2]
    shrink = np.full(axes, 1 / zoom)
    if axes == 3 and config.untouched_axis is not None:
        shrink[config.untouched_axis] = 1.0
    spacing = np.asarray(config.spacing or (1.0,) * axes)
    return np.asarray((matrix * spacing[None, :] / spacing[:, None]) * shrink[None, :])


def _turn(angle: float, first: int, second: int, axes: int) -> NDArray[np.float64]:
    matrix = np.eye(axes)
    matrix[first, first] = matrix[second, second] = cos(angle)
    matrix[first, second], matrix[second, first] = -sin(angle), sin(angle)
    return matrix


def _displacement(generator: np.random.Generator, size: tuple[int, ...], config: AugmentationConfig) -> NDArray[np.float32]:
    coarse = [max(4, n // CONTROL_SAMPLES + 1) for n in size]
    return (config.elastic_samples * generator.standard_normal((2, *coarse))).astype(np.float32)


def _cropped(array: Tensor, size: tuple[int, ...]) -> Tensor:
    """(C, *S) -> (C, *size), about the center."""
    for axis, length in enumerate(size, start=1):
        array = array.narrow(axis, (array.shape[axis] - length) // 2, length)
    return array


def _resampled(
    image: Tensor, target: Tensor | None, matrix: NDArray[np.float64], sample: int, parameters: SpatialParameters
) -> tuple[Tensor, Tensor | None]:
    """(C, *S), (T, *S) -> the same at the patch's size."""
    kept = parameters.untouched_axis
    if kept is None:
        grid = _grid(matrix, tuple(image.shape[1:]), parameters.size, parameters.displacements[sample])
        return _picked(image, grid), None if target is None else _picked_names(target, grid)
    # The thick axis stays: its slices are channels of one 2-D resampling, which is also much faster.
    plane = [axis for axis in range(3) if axis != kept]
    small = tuple(parameters.size[a] for a in plane)
    grid = _grid(matrix[np.ix_(plane, plane)], tuple(image.shape[1 + a] for a in plane), small, None)
    count = parameters.size[kept]

    def by_slices(array: Tensor, pick: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        first = (array.shape[kept + 1] - count) // 2
        slices = array.narrow(kept + 1, first, count).movedim(kept + 1, 1)  # (C, count, A, B)
        picked = pick(slices.reshape(-1, *slices.shape[2:]), grid)  # (C * count, a, b)
        return picked.reshape(array.shape[0], count, *small).movedim(1, kept + 1)

    return by_slices(image, _picked), None if target is None else by_slices(target, _picked_names)


def _grid(
    matrix: NDArray[np.float64], entering: tuple[int, ...], leaving: tuple[int, ...], bend: NDArray[np.float32] | None
) -> Tensor:
    """Return where each output sample lies in the input, as grid_sample wants it: (1, *leaving, axes), last axis first."""
    axes = len(leaving)
    # grid_sample's unit is half an extent; offsets are in samples.
    normalized = matrix * np.asarray(leaving)[None, :] / np.asarray(entering)[:, None]
    theta = np.concatenate([normalized[::-1, ::-1], np.zeros((axes, 1))], axis=1)
    grid = functional.affine_grid(torch.from_numpy(theta.astype(np.float32))[None], [1, 1, *leaving], align_corners=False)
    if bend is not None:
        fine = functional.interpolate(
            torch.from_numpy(bend)[None], size=leaving, mode="bicubic", align_corners=True
        )  # (1, 2, *leaving)
        unit = torch.tensor([2.0 / n for n in entering[::-1]])
        grid = grid + fine.flip(1).movedim(1, -1) * unit
    return grid


def _picked(image: Tensor, grid: Tensor) -> Tensor:
    where = grid.to(image.device)
    return functional.grid_sample(image[None], where, mode="bilinear", padding_mode="border", align_corners=False)[0]


def _picked_names(target: Tensor, grid: Tensor) -> Tensor:
    """Nearest; outside becomes "not assessed". Shifted by one, so that grid_sample's zero means outside."""
    shifted, where = target.float() + 1, grid.to(target.device)
    found = functional.grid_sample(shifted[None], where, mode="nearest", padding_mode="zeros", align_corners=False)[0] - 1
    if target.is_floating_point():
        return torch.where(found < 0, torch.nan, found)
    return found.to(target.dtype)


AUGMENTATION = Augmentation(name="spatial", draw=draw, apply=apply)
