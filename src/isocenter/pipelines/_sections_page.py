"""The page of registered sections: how each pair agrees, its errors, figures to look at.

In:   results of pairs. Out: the text of an HTML file that loads nothing.
"""

import math
from collections.abc import Sequence

from isocenter.core.finding import Finding
from isocenter.figures.evidence import Drawing
from isocenter.figures.markup import Cell, Html, element, number_cell, table
from isocenter.figures.sections import draw_pair
from isocenter.pipelines._sections_pair import PairResult
from isocenter.stages.reporting.page import page
from isocenter.stages.reporting.sections.figure import figures
from isocenter.stages.reporting.sections.reproduce import footer
from isocenter.stages.reporting.sections.warnings import findings_section

READING = (
    "A pair counts as aligned when the dyes of both sections go together in place, clearly better than with one of them shifted "
    "aside, and the outlines overlap. Errors are of landmarks: those of the moving section carried to the fixed one, in "
    "micrometers; rTRE is the median over the fixed image's diagonal. Identity (the slides as they lie) and moments (centroid on "
    "centroid, long axis along long axis) are the baselines. Where no landmarks are given, agreement is all there is."
)
CAPTION = (
    "Squares of both sections by turns; hematoxylin of the fixed section green, of the moved one magenta, of both black. "
    "Area factor: how much the bend enlarges (above 1) or shrinks tissue."
)
DRAWN = 8
"""Pairs whose figures are on the page; those not aligned come first."""
_WORD = {"aligned": "aligned", "not_aligned": "NOT ALIGNED", "refused": "not registered"}


def sections_page(title: str, results: Sequence[PairResult], findings: Sequence[Finding], *, again: str) -> str:
    """Return the whole page. again : the command that makes it again"""
    good = sum(result.status == "aligned" for result in results)
    opening = element(
        "header",
        element("p", element("span", "Isocenter serial sections", class_="eyebrow"), class_="top"),
        element("h1", title),
        element("p", f"{len(results)} pair{'s' if len(results) != 1 else ''}, {good} aligned.", class_="question"),
        class_="opening",
    )
    shown = sorted((r for r in results if r.drawn is not None), key=lambda r: r.status == "aligned")
    body = element(
        "section",
        element("h2", "Results"),
        element("p", READING, class_="lead"),
        _table(results),
        element("p", f"Figures of {DRAWN} pairs, those that are not aligned first; the tables are of all.", class_="muted")
        if len(shown) > DRAWN
        else None,
        [figures([_drawing(result)], vector=False) for result in shown[:DRAWN]],
        id="results",
    )
    reproduce = element("section", element("h2", "Reproduce"), element("pre", element("code", again)), id="reproduce")
    return page(f"{title} · Isocenter serial sections", opening, [findings_section(findings), body, reproduce], footer())


def _table(results: Sequence[PairResult]) -> Html:
    judged = ["Pair", "Found", "Step", "Correlation", "aside", "Outlines (Dice)", "Area factor"]
    heads = [*judged, "Error, identity (µm)", "moments", "affine", "used", "rTRE"]
    caption = "Pairs, and the median error of their landmarks"
    return table(heads, [_row(result) for result in results], caption=caption, kind="estimates")


def _row(result: PairResult) -> list[object]:
    made = result.registered
    if made is None:
        return [result.pair.case, _WORD[result.status], "–", *[number_cell(math.nan)] * 9]
    errors = [result.errors[name].median if result.errors else math.nan for name in ("identity", "moments", "affine", made.used)]
    relative = errors[-1] / result.errors[made.used].diagonal if result.errors else math.nan
    like = made.likeness
    bend = f"{made.jacobian[0]:.2f}–{made.jacobian[1]:.2f}" if made.mesh else "–"
    return [
        result.pair.case,
        _WORD[result.status],
        made.used,
        *(number_cell(value) for value in (like.correlation, like.aside, like.overlap)),
        Cell(bend, numeric=True),
        *(number_cell(value) for value in (*errors, relative)),
    ]


def _drawing(result: PairResult) -> Drawing:
    if result.drawn is None:
        raise ValueError("a pair without figures is not drawn")
    return Drawing(
        name=f"pair_{result.pair.case}", title=f"{result.pair.case}: {_WORD[result.status]}", caption=CAPTION,
        figure=draw_pair(result.drawn), wide=True,
    )  # fmt: skip
