"""Best, median and worst case in one figure: what the average hides.

In:   the value of each case, and a function that opens the pictures of one. Out: the keys chosen; a figure of one row a case.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.figures.cases.outlines import draw_outlines
from isocenter.figures.cases.picture import blank, panel_size, picture_of, show
from isocenter.figures.slices import of_case
from isocenter.figures.style import sheet, styled


class Shown(Record):
    """One case to draw."""

    title: str
    image: Image | None
    truth: Mask | None
    answers: Mapping[str, Mask]


def choose(values: Mapping[str, float], *, lower_is_better: bool = False) -> dict[str, str]:
    """Return {"best": key, "median": key, "worst": key}; of two cases best and worst, of one {"only": key}; NaN is left out."""
    known = [(key, value) for key, value in values.items() if np.isfinite(value)]
    if not known:
        return {}
    ranked = [key for key, _ in sorted(known, key=lambda item: item[1] if lower_is_better else -item[1])]
    if len(ranked) == 1:
        return {"only": ranked[0]}
    places = {"best": 0, "median": (len(ranked) - 1) // 2, "worst": len(ranked) - 1}
    chosen: dict[str, str] = {}
    for name, place in places.items():
        if ranked[place] not in chosen.values():
            chosen[name] = ranked[place]
    return chosen


@styled
def draw_best_median_worst(rows: Sequence[Shown], *, width_in: float = 5.2) -> Figure:
    """Return one row a case: the image, and truth and answers outlined on it. At least one row."""
    pictures = []
    for row in rows:
        masks = ({"truth": row.truth} if row.truth is not None else {}) | dict(row.answers)
        view = of_case(row.image, tuple(masks.values()))
        picture = picture_of(row.image, view) if row.image is not None else blank(next(iter(masks.values())).grid, view)
        pictures.append((row, masks, view, picture))
    heights = [panel_size(picture, width_in=width_in / 2, most_in=2.6)[1] for *_, picture in pictures]
    figure = sheet(width_in, sum(heights) + 0.3 * len(rows) + 0.35)
    grid = figure.subplots(len(rows), 2, squeeze=False, height_ratios=heights)
    handles = []
    for (left, right), (row, masks, view, picture) in zip(grid, pictures, strict=True):
        show(left, picture, title=row.title)
        show(right, picture, scale=False)
        handles = draw_outlines(right, masks, view)
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure
