"""What lies where in an exam: lesions, organs and shortcuts to hold a map against.

In:   a case with masks (targets, whether learned or scored, and regions), a grid.
Out:  bool (*S) by name, "<target>:<class>" or "<region>", on the grid.
Not:  no map.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.grid import Grid
from isocenter.core.mask import Mask
from isocenter.core.study import Study
from isocenter.imaging.resample import to_grid


def regions_of(case: Case, study: Study, grid: Grid) -> dict[str, NDArray[np.bool_]]:
    """Return every class of every mask target and every region of a case; what lies on a grid of no common world is left out."""
    found: dict[str, NDArray[np.bool_]] = {}
    for target in study.targets:
        label = case.labels.get(target.name)
        if isinstance(label, Mask):
            for name in label.names[1:]:
                placed = _on(label.region(name), label.grid, grid)
                if placed is not None:
                    found[f"{target.name}:{name}"] = placed
    for name, region in case.regions.items():
        placed = _on(np.asarray((region.labels.array() > 0).any(axis=0)), region.grid, grid)
        if placed is not None:
            found[name] = placed
    return found


def _on(mask: NDArray[np.bool_], own: Grid, grid: Grid) -> NDArray[np.bool_] | None:
    if own.same_as(grid) or (own.shape == grid.shape and "px" in (own.world, grid.world)):
        return mask
    if own.world != grid.world or own.ndim != grid.ndim or own.world == "px":
        return None
    return np.asarray(to_grid(mask.astype(np.uint8)[None], own, grid, order=0)[0] > 0)
