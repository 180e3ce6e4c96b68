"""Places and boxes beside what they were drawn on: outside, in one corner, larger than the picture, without an area, nowhere."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from isocenter.core.finding import Finding
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.stages.checks._place_files import PlaceColumn, file_of, grid_of, is_list, place_columns, places_of
from isocenter.stages.examination import Check, Examination

REMEDIES = {
    "zero_area_box": "A slip of the hand: delete the box, or the speck in the mask, or draw it again. Until then it counts.",
    "box_outside": "Draw it again; or it was drawn at another magnification: export in pixels of the picture itself.",
    "box_larger_than_picture": "It was drawn at another magnification, or sizes are corners: export center and full size (w,h) in "
    "the picture's own units.",
    "place_outside": "They were counted in another picture, scale or axis order (x is the column): export them again.",
    "no_places": "Right if none of them has any; else see that the files are those that were drawn in. A case nobody looked at has "
    "an empty cell.",
    "places_in_a_corner": "They were likely drawn at another magnification: lay some over their image, and multiply the "
    "coordinates (of boxes also the sizes) by the ratio of the magnifications.",
}
CORNER = 0.6
"""If all places of all cases lie within this share of both axes, another scale is likelier than chance."""
NEARER = 0.5
"""And if they come nearer to the first edge than this share of what they leave at the last: the middle is no corner."""
ENOUGH = 50
"""Fewer places say nothing of where they could lie."""
_EDGE = 1e-6
"""Samples that rounding may add to a width."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a warning for each kind of place that cannot be where, or as large as, its file says."""
    found: dict[str, list[str]] = {"zero_area_box": [], "box_outside": [], "box_larger_than_picture": [], "place_outside": []}
    for key in seen.opened:
        grid = grid_of(seen.opened[key])
        for label in _everything(seen, key):
            for code in _amiss(label, grid):
                found[code].append(key)
    told = {code: tuple(dict.fromkeys(cases)) for code, cases in found.items() if cases}
    for code, (expected, got) in {
        "zero_area_box": ("boxes with an area", "boxes of no width or height, or one sample thin,"),
        "box_outside": ("boxes on their picture", "boxes whose middle lies outside"),
        "box_larger_than_picture": ("boxes within their picture", "boxes wider or higher than it"),
        "place_outside": ("places on their picture", "places outside"),
    }.items():
        if code in told:
            yield _warning(code, expected, f"{got} in {len(told[code])} cases", told[code])
    yield from _nowhere(seen)
    for column in place_columns(seen.study, ("boxes", "points")):
        yield from _unnamed_kinds(seen, column)
    for column in place_columns(seen.study, ("boxes", "points", "count")):
        yield from _in_a_corner(seen, column)


def _unnamed_kinds(seen: Examination, column: PlaceColumn) -> Iterator[Finding]:
    """Files may name kinds where the target names none: of several a model would have to answer one, of one it may."""
    if column.target.classes:
        return
    kinds: dict[str, list[str]] = {}
    for key in seen.opened:
        label = seen.opened[key].labels.get(column.label)
        for name in set(label.names) - {"point"} if isinstance(label, Points) else ():
            kinds.setdefault(name, []).append(key)
    if not kinds:
        return
    names, several = ", ".join(sorted(kinds)), len(kinds) > 1
    yield Finding(
        code="kinds_without_classes",
        severity="failure" if several else "note",
        expected=f"the kinds of target {column.label} in the study, where its files name them",
        got=f"{names} in {len(set().union(*kinds.values()))} files, and no `classes:`",
        do=f"Add `classes: [{names}]` to the target, or leave the kinds out of the files if they are all one."
        if several
        else f"Add `classes: [{names}]` to the target, or tables and reports call it point.",
        cases=tuple(dict.fromkeys(key for cases in kinds.values() for key in cases)),
    )


def _everything(seen: Examination, key: str) -> Iterator[Points]:
    """Yield all places of a case: its points and boxes, and what was counted from files of their own."""
    yield from (label for label in seen.opened[key].labels.values() if isinstance(label, Points))
    for column in place_columns(seen.study, ("boxes", "points", "count")):
        if column.target.type == "count" and (counted := places_of(seen, key, column)) is not None:
            yield counted


def _amiss(label: Points, grid: Grid | None) -> Iterator[str]:
    """Yield the code of each thing that is wrong with places or boxes."""
    if label.extent is not None and (label.extent <= 0).any():
        yield "zero_area_box"
    if grid is None or grid.ndim != label.world.shape[1] or not len(label):
        return
    index = grid.to_index(label.world)
    if ((index < -0.5) | (index > np.asarray(grid.shape) - 0.5)).any():
        yield "place_outside" if label.extent is None else "box_outside"
    if label.extent is None:
        return
    samples = _samples(label.extent, grid)
    if _thin(samples).any():
        yield "zero_area_box"
    if (samples > np.asarray(grid.shape) + 1).any():  # by more than a sample: a frame around the whole picture lies on its edge
        yield "box_larger_than_picture"


def _thin(samples: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which boxes (N, d) are one sample thin along all axes but one: a lesion may lie in one slice of a volume.

    A click without a drag is one pixel wide where both corners lie inside (VOC).
    """
    thin: NDArray[np.bool_] = (samples <= 1 + _EDGE).sum(axis=1) >= samples.shape[1] - 1
    return thin


def _samples(extent: NDArray[np.floating], grid: Grid) -> NDArray[np.float64]:
    """Return how many samples boxes (N, d) span along each axis of the grid."""
    d = grid.ndim
    span: NDArray[np.float64] = np.asarray(extent, np.float64) @ np.abs(np.linalg.inv(grid.matrix)[:d, :d]).T
    return span


def _nowhere(seen: Examination) -> Iterator[Finding]:
    """Tell of targets none of whose cases has a single place."""
    for target in seen.study.targets:
        labels = {key: case.labels.get(target.name) for key, case in seen.opened.items()}
        known = {key: label for key, label in labels.items() if isinstance(label, Points)}
        if known and not any(len(label) for label in known.values()):
            yield _warning("no_places", f"{target.name} in some of the cases", f"none in all {len(known)}", tuple(known))


def _in_a_corner(seen: Examination, column: PlaceColumn) -> Iterator[Finding]:
    """Places listed at half the magnification all lie in the first quarter of their images."""
    first, last, number, cases = np.full(2, np.inf), np.full(2, -np.inf), 0, []
    for key, case in seen.opened.items():
        path, grid = file_of(seen, key, column), grid_of(case)
        if path is None or not is_list(path) or grid is None or grid.ndim != 2 or case.slides:
            continue
        places = places_of(seen, key, column)
        if places is not None and len(places) and places.world.shape[1] == 2:
            middle = grid.to_index(places.world)
            half = 0.0 if places.extent is None else _samples(places.extent, grid) / 2
            first = np.minimum(first, ((middle - half) / np.asarray(grid.shape)).min(axis=0))
            last = np.maximum(last, ((middle + half) / np.asarray(grid.shape)).max(axis=0))
            number += len(places)
            cases.append(key)
    if number >= ENOUGH and (last < CORNER).all() and (first < NEARER * (1 - last)).all():
        yield _warning(
            "places_in_a_corner",
            "places all over their images",
            f"all {number} within the first {100 * last[0]:.0f} % of the width and {100 * last[1]:.0f} % of the height",
            tuple(cases),
        )


def _warning(code: str, expected: str, got: str, cases: tuple[str, ...]) -> Finding:
    return Finding(code=code, severity="warning", expected=expected, got=got, do=REMEDIES[code], cases=cases)


CHECK = Check(
    name="places",
    looks_for="places and boxes outside their picture, or all in one corner of it; boxes larger than their picture, of no area or "
    "one sample thin; targets without any place",
    find=find,
)
