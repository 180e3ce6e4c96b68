"""The images of a case as arrays, one still at a time, and their reduction by area.

In:   a case and the study's inputs.
Out:  Still: name, samples (C, *S), unit, where the label speaks.
Not:  no registration, no numbers (extractors/).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.imaging.resample import zoom_to
from isocenter.learning.assessed import assessed


class Still(Record):
    """One image without times."""

    name: str
    """The input it is, the same for all images of a bag; its number of axes and channels belong to it."""
    samples: NDArray[np.float32]
    """(C, *S), finite; not finite in the file becomes 0."""
    unit: str
    where: NDArray[np.bool_] | None
    """(*S), the samples the label speaks of; None = all."""


def stills_of(case: Case, inputs: Sequence[str], target: Target | None = None) -> Iterator[Still]:
    """Yield the images of a case: each image of a bag, a series of times as its mean.

    target : where given, `where` is the region or slice its label speaks of, nothing if the case lacks that region;
             GeometryError if it does not lie on the image
    """
    for name in inputs:
        value = case.inputs.get(name)
        for one in value if isinstance(value, tuple) else (value,):
            image = one.labels if isinstance(one, Mask) else one
            if not isinstance(image, Image):
                continue
            samples = np.nan_to_num(np.asarray(image.array(), np.float32), nan=0.0, posinf=0.0, neginf=0.0)
            if image.grid.times_s:
                samples = samples.mean(axis=-1)
            grid = Grid(shape=image.grid.shape, affine=image.grid.affine, world=image.grid.world)
            where = None if target is None else _speaks(case, target, grid)
            yield Still(name=f"{name}:{grid.ndim}d{len(samples)}", samples=samples, unit=image.unit, where=where)


def _speaks(case: Case, target: Target, grid: Grid) -> NDArray[np.bool_] | None:
    """Return where the label speaks: nowhere, rather than everywhere, in a case without the region."""
    if target.region is not None and target.region not in case.regions:
        return np.zeros(grid.shape, bool)
    return assessed(case, target, grid)


def area_mean(array: NDArray[Any], shape: Sequence[int]) -> NDArray[np.float64]:
    """Return (C, *shape), each sample the mean of the samples it covers; along an axis with fewer samples, linear interpolation."""
    out = np.asarray(array, np.float64)
    for axis, count in enumerate(shape, start=1):
        have = out.shape[axis]
        if have > count:
            start = np.arange(count) * have // count
            size = np.diff(np.append(start, have)).reshape(-1, *[1] * (out.ndim - axis - 1))
            out = np.add.reduceat(out, start, axis=axis) / size
        elif have < count:
            whole = (*out.shape[1:axis], count, *out.shape[axis + 1 :])
            out = np.asarray(zoom_to(out, whole), np.float64)
    return out
