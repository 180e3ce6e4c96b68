"""Boxes without an area or one sample thin, or that leave their picture; a place that lies beside it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from isocenter.core.finding import Finding
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.stages.examination import Check, Examination, OpenedCase

REMEDIES = {
    "zero_area_box": "A slip of the hand: delete the box, or draw it again. Until then its middle counts as a place.",
    "box_outside": "Draw it again; or it was drawn at another magnification: export in pixels of the picture itself.",
    "place_outside": "They were counted in another picture, scale or axis order (x is the column): export them again.",
}

_EDGE = 1e-6
"""Samples that rounding may add to a width."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a warning for boxes of no area or one sample thin, and for boxes (their middle) and places outside the image."""
    flat: list[str] = []
    beyond: list[str] = []
    lost: list[str] = []
    for key, case in seen.opened.items():
        for label in case.labels.values():
            if not isinstance(label, Points) or not len(label):
                continue
            grid = _grid(case)
            if label.extent is not None and _flat(label.extent, grid):
                flat.append(key)
            if grid is None or grid.ndim != label.world.shape[1]:
                continue
            index = grid.to_index(label.world)
            if ((index < -0.5) | (index > np.asarray(grid.shape) - 0.5)).any():
                (beyond if label.extent is not None else lost).append(key)
    if flat:
        yield _warning(
            "zero_area_box", "boxes with an area", f"boxes of no width or height, or one sample thin, in {len(flat)} cases", flat
        )
    if beyond:
        yield _warning("box_outside", "boxes on their picture", f"boxes whose middle lies outside in {len(beyond)} cases", beyond)
    if lost:
        yield _warning("place_outside", "places on their picture", f"places outside in {len(lost)} cases", lost)


def _flat(extent: NDArray[np.floating], grid: Grid | None) -> bool:
    """Tell whether a box (N, d) has no size along an axis, or is one sample thin along all but one: the slice of a volume may be.

    A click without a drag is one pixel wide where both corners lie inside (VOC).
    """
    if (extent <= 0).any():
        return True
    if grid is None or grid.ndim != extent.shape[1]:
        return False
    thin = _samples(extent, grid) <= 1 + _EDGE
    return bool((thin.sum(axis=1) >= grid.ndim - 1).any())


def _samples(extent: NDArray[np.floating], grid: Grid) -> NDArray[np.float64]:
    """Return how many samples boxes (N, d) span along each axis of the grid."""
    d = grid.ndim
    span: NDArray[np.float64] = np.asarray(extent, np.float64) @ np.abs(np.linalg.inv(grid.matrix)[:d, :d]).T
    return span


def _grid(case: OpenedCase) -> Grid | None:
    """Where the labels lie: on the case's first image, of a slide its finest level."""
    for name, images in case.inputs.items():
        return case.slides[name].grid if name in case.slides else images[0].grid
    return None


def _warning(code: str, expected: str, got: str, cases: list[str]) -> Finding:
    return Finding(code=code, severity="warning", expected=expected, got=got, do=REMEDIES[code], cases=tuple(dict.fromkeys(cases)))


CHECK = Check(
    name="boxes", looks_for="boxes of no area or one sample thin; boxes and places that lie outside their picture", find=find
)
