"""What cases with dots say of a density network: by how much it counts too few, and from which height on a peak is an object.

In:   a counter, prepared cases with their dots: tuning cases, or the learning cases where none are left to tune on.
Out:  Calibration.

An absolute error draws a map towards its median, so sums fall short, of learning cases as of others: after four minutes on 15
pictures of cells_mbm by a third.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.points import Points
from isocenter.learning.preparation import Prepared
from isocenter.methods._patches.placing import in_world
from isocenter.methods.localization._density_model import HEIGHT, Calibration, DensityCounter
from isocenter.metrics.matching import match_points

FACTORS = (0.2, 5.0)
"""A sum further off than this is not mended by a factor. On dsb2018 six minutes of an absolute error left a third of the truth."""
HEIGHTS = tuple(round(0.1 + 0.05 * i, 2) for i in range(19))
LEAST = 10
"""Fewer objects of a kind say nothing of it."""

Dotted = Sequence[tuple[Prepared, Points, NDArray[np.bool_] | None]]


def calibrated(model: DensityCounter, cases: Dotted, *, part: str) -> Calibration:
    """Return factor and height of each kind; a kind with few objects among the cases keeps 1 and the default.

    part : what the cases are, "tuning" or "learning"
    """
    count, radius = len(model.scale), model.settings.radius
    sums, truths = np.zeros(count), np.zeros(count)
    found: list[tuple[NDArray[np.floating], NDArray[np.intp], NDArray[np.float64], Points]] = []
    for prepared, points, where in cases:
        maps = model.density(prepared, where)
        sums += maps.reshape(count, -1).sum(axis=1, dtype=float)
        truths += np.bincount(points.kind, minlength=count)[:count]
        places, kinds, heights = model.peaks(maps)
        found.append((in_world(places, prepared), kinds, heights, points))
    enough = truths >= LEAST
    factor = np.where(enough & (sums > 0), truths / np.maximum(sums, 1e-9), 1.0)
    factor = np.where((factor >= FACTORS[0]) & (factor <= FACTORS[1]), factor, 1.0)
    height = [_best_height(found, kind, radius=radius) if enough[kind] else HEIGHT for kind in range(count)]
    how = f"chosen on {len(cases)} {part} cases with {int(truths.sum())} objects; points by F1 within {radius:g} world units"
    return Calibration(factor=tuple(float(f) for f in factor), height=tuple(height), how={"how": how})


def _best_height(
    found: Sequence[tuple[NDArray[np.floating], NDArray[np.intp], NDArray[np.float64], Points]], kind: int, *, radius: float
) -> float:
    """Return the height whose points have the best F1 over all cases."""
    best, chosen = -1.0, HEIGHT
    for height in HEIGHTS:
        paired = whole = 0
        for world, kinds, heights, points in found:
            m = match_points(points.world[points.kind == kind], world[(kinds == kind) & (heights >= height)], radius=radius)
            paired, whole = paired + 2 * m.paired, whole + 2 * m.paired + m.extra + m.missed
        f1 = paired / whole if whole else 0.0
        if f1 > best:
            best, chosen = f1, height
    return chosen
