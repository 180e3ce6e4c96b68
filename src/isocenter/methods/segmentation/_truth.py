"""The truth of segmentation as the classical methods take it: one bool array per foreground class.

In:   cases with masks of a target.
Out:  names and arrays of the foreground; an error where a mask does not lie on its image.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid
from isocenter.core.mask import Mask
from isocenter.core.study import Target
from isocenter.methods._baselines.labels import labeled


def foreground_names(target: Target) -> tuple[str, ...]:
    """Return the classes of a mask target without the background."""
    return target.classes[1:]


def foreground(mask: Mask, target: Target) -> NDArray[np.bool_]:
    """Return one bool array per foreground class of the target, (K - 1, *S)."""
    array = mask.labels.array()
    if mask.overlapping or target.instances:  # numbered objects are one class
        return np.asarray(array > 0)
    return np.stack([array[0] == index for index in range(1, len(target.classes))])


def learnable(target: Target, cases: Iterable[Case]) -> Iterator[tuple[Case, Mask]]:
    """Yield the cases that carry a mask of this target, with it."""
    for case, value in labeled(target, cases):
        if isinstance(value, Mask):
            yield case, value


def same_shape(case: Case, grid: Grid, mask: Mask) -> None:
    """Refuse a mask that does not lie on its image. GeometryError names the case."""
    if mask.grid.shape != grid.shape:
        raise GeometryError(
            f"expected the mask of case {case.key} on its image's grid {grid.shape}, got {mask.grid.shape}. "
            "Mend it with: isocenter check STUDY --fix"
        )
