"""Whether two sections lie on each other: how their dyes go together in place, and how they would by chance.

In:   densities of both dyes of both sections on one grid, and where both have tissue.
Out:  Likeness: canonical correlation in place, the same for sections shifted aside, overlap of the outlines.
Not:  no registration.

Outlines alone prove nothing: two round pieces always overlap. So only the inside counts, without what changes slowly, and the
question is whether structures agree better here than a little aside, where nothing should agree.

Reference: Hotelling, Biometrika 1936; 28:321-377 (canonical correlation).
"""

import math

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

LEAST_CORRELATION = 0.4
"""In place. Phantom pairs reach 0.83 and more, sections of two patients 0.16 at most (benchmarks/sections.py)."""
LEAST_DISTANCE = 5.0
"""From sections shifted aside, in standard deviations of theirs."""
LEAST_OVERLAP = 0.5
"""Dice of the outlines."""
FINE_PX, FINE_UM, COARSER = 2.0, 16.0, 5.0
"""Structures from the larger of the first two to five times that count: smaller are single nuclei, larger is uneven stain."""
ASIDE = (0.055, 0.085, 0.115)
"""How far aside, as shares of the longer side."""
_DIRECTIONS = 24
_RIM_PX = 3
_FEWEST = 300


class Likeness(Record):
    """How well a pair agrees."""

    correlation: float
    """Canonical correlation of the dyes in place, 0 to 1; NaN where too little overlaps."""
    aside: float
    """Mean of the same with one section shifted aside."""
    distance: float
    """How many standard deviations of those lie between."""
    overlap: float
    """Dice of the outlines."""

    @property
    def aligned(self) -> bool:
        """Tell whether the pair agrees."""
        return self.correlation >= LEAST_CORRELATION and self.distance >= LEAST_DISTANCE and self.overlap >= LEAST_OVERLAP


def likeness(
    fixed: NDArray[np.float32],
    fixed_mask: NDArray[np.bool_],
    moved: NDArray[np.float32],
    moved_mask: NDArray[np.bool_],
    *,
    um: float,
) -> Likeness:
    """Return how two sections agree.

    fixed, moved           : (2, X, Y), densities of two dyes, on one grid
    fixed_mask, moved_mask : (X, Y), pieces of each
    um                     : size of a sample
    """
    from scipy.ndimage import binary_erosion

    sizes = float(fixed_mask.sum() + moved_mask.sum())
    overlap = 2 * float((fixed_mask & moved_mask).sum()) / sizes if sizes else 0.0
    inside = [np.asarray(binary_erosion(mask, iterations=_RIM_PX)) for mask in (fixed_mask, moved_mask)]
    fine = max(FINE_PX, FINE_UM / um)
    bands = [_band(dyes, mask, fine) for dyes, mask in ((fixed, fixed_mask), (moved, moved_mask))]
    here = _correlation(bands, inside, (0, 0))
    side = max(fixed_mask.shape)
    aside = []
    for n, share in enumerate(ASIDE):
        reach = share * side
        angles = (np.arange(_DIRECTIONS) + n / len(ASIDE)) * (2 * np.pi / _DIRECTIONS)
        aside += [_correlation(bands, inside, (round(reach * np.cos(a)), round(reach * np.sin(a)))) for a in angles]
    told = np.array([value for value in aside if math.isfinite(value)])
    if not math.isfinite(here) or len(told) < _DIRECTIONS:
        return Likeness(correlation=math.nan, aside=math.nan, distance=math.nan, overlap=overlap)
    spread = max(float(told.std(ddof=1)), 1e-6)
    return Likeness(
        correlation=here, aside=float(told.mean()), distance=(here - float(told.mean())) / spread, overlap=overlap
    )  # fmt: skip


def _band(dyes: NDArray[np.float32], mask: NDArray[np.bool_], fine: float) -> NDArray[np.float64]:
    """Return the dyes without what is smaller or larger than structures; means are over tissue alone, so its border shows not."""
    from scipy.ndimage import gaussian_filter

    weight = mask.astype(np.float64)

    def mean(sigma: float) -> NDArray[np.float64]:
        below = np.maximum(gaussian_filter(weight, sigma), 1e-3)
        return np.stack([gaussian_filter(dye * weight, sigma) / below for dye in dyes])

    return (mean(fine) - mean(COARSER * fine)) * mask


def _correlation(bands: list[NDArray[np.float64]], inside: list[NDArray[np.bool_]], shift: tuple[int, int]) -> float:
    """Return the first canonical correlation with the second section shifted by whole samples; NaN where too little overlaps."""
    ours = tuple(slice(max(0, s), n + min(0, s)) for s, n in zip(shift, inside[0].shape, strict=True))
    theirs = tuple(slice(max(0, -s), n + min(0, -s)) for s, n in zip(shift, inside[0].shape, strict=True))
    both = inside[0][ours] & inside[1][theirs]
    if both.sum() < _FEWEST:
        return math.nan
    a, b = bands[0][(slice(None), *ours)][:, both], bands[1][(slice(None), *theirs)][:, both]  # (2, N)
    joint = np.cov(np.concatenate([a, b]))
    tiny = 1e-6 * float(np.trace(joint)) * np.eye(2) + 1e-12 * np.eye(2)
    aa, bb, ab = joint[:2, :2] + tiny, joint[2:, 2:] + tiny, joint[:2, 2:]
    squares = np.linalg.eigvals(np.linalg.solve(aa, ab) @ np.linalg.solve(bb, ab.T)).real
    return float(np.sqrt(np.clip(squares.max(), 0, 1)))
