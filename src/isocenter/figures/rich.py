"""Nouns as small pieces of HTML, for notebooks.

In:   a noun. Out: markup that stands alone: pictures as data URIs, styles inline.
Not:  no registration (notebook.py); no pages (stages/reporting).
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from isocenter.core.case import Case
from isocenter.core.estimate import Estimate
from isocenter.core.finding import Finding
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.figures.cases.case import draw_case
from isocenter.figures.cases.outlines import regions_of
from isocenter.figures.cases.picture import blank, panel_size, picture_of, show
from isocenter.figures.estimates_table import estimates_table, telling, without_lone_classes
from isocenter.figures.markup import Html, element, picture, raw, table
from isocenter.figures.orient import CONVENTION, Picture, View, middle, where
from isocenter.figures.slices import interest_of, most_informative
from isocenter.figures.style import color_of_class, sheet, styled
from isocenter.figures.words import metric_in_words, number, quantity, who_in_words

_CSS = """
.isocenter{font:14px/1.5 system-ui,sans-serif}.isocenter small{display:block;opacity:.7}.isocenter .sub{padding-left:1em}
.isocenter .sub small,.isocenter .head small{display:inline}.isocenter td,.isocenter th{padding:.25em .8em;text-align:left}
.isocenter .number{text-align:right;white-space:nowrap}.isocenter caption{text-align:left;opacity:.7}.isocenter p{margin:.3em 0}
"""


class Run(Protocol):
    """What is asked of a run folder here."""

    path: Path

    def exists(self, name: str) -> bool:
        """Tell whether a file is there."""
        ...

    def estimates(self) -> list[Estimate]:
        """Return what was estimated."""
        ...


def html_of_image(image: Image) -> Html:
    """Return the middle slice of the first channel (color as color), and what the terminal says."""
    view = middle(image.grid)
    return _box(picture(_draw(picture_of(image, view)), text=repr(image), vector=False), *_words(repr(image), view, image))


def html_of_mask(mask: Mask) -> Html:
    """Return the most informative slice, one color a class."""
    view = most_informative(mask.grid, interest_of(mask))
    shown = blank(mask.grid, view)
    painted = shown.samples[..., None].repeat(3, axis=-1)
    legend: list[object] = []
    for name, region in regions_of(mask, view).items():
        hue = color_of_class(mask.names.index(name) - 1)
        painted[region] = to_rgb(hue)
        legend += [element("span", "■ ", style=f"color:{hue}"), f"{name}  "]
    like = Picture(samples=painted, row_step=shown.row_step, column_step=shown.column_step, unit=shown.unit, letters=shown.letters)
    drawn = picture(_draw(like), text=repr(mask), vector=False)
    return _box(drawn, element("p", legend), *_words(repr(mask), view, mask.labels))


def html_of_case(case: Case) -> Html:
    """Return the first image with the first mask outlined, and the table of everything the case holds."""
    image = next((v for v in (case.inputs[n] for n in case.inputs) if isinstance(v, Image)), None)
    masks = {n: v for n, v in ((n, case.labels[n]) for n in case.labels) if isinstance(v, Mask)}
    drawn = None
    if image is not None or masks:
        truth = next((m for m in masks.values() if image is None or m.grid.shape == image.grid.shape), None)
        drawn = picture(draw_case(image, truth, {}), text=repr(case), vector=False)
    rows: list[tuple[str, str, object]] = []
    rows += [("input", name, repr(case.inputs[name])) for name in case.inputs]
    rows += [("label", name, _value(case.labels[name])) for name in case.labels]
    rows += [("covariate", name, value) for name, value in case.covariates.items()]
    return _box(drawn, table(["", "Name", "Value"], rows, caption=f"case {case.key}"))


def html_of_measurement(measurement: Measurement) -> Html:
    """Return one line: name, value with unit, interval, definition."""
    low, high = measurement.ci95 or (math.nan, math.nan)
    interval = f" (95 % interval {number(low)}–{number(high)})" if math.isfinite(low) else ""
    value = element("b", quantity(measurement.value, measurement.unit))
    return _box(
        element(
            "p",
            metric_in_words(measurement.name),
            " of ",
            measurement.case,
            ": ",
            value,
            interval,
            element("small", measurement.method),
        )
    )


def html_of_estimate(estimate: Estimate) -> Html:
    """Return one line: name, value, interval, numbers of patients and cases."""
    low, high = estimate.ci95
    interval = f" (95 % interval {number(low, like=estimate.value)}–{number(high, like=estimate.value)}, {estimate.interval})"
    group = "" if estimate.group == "all" else f", {estimate.group}"
    return _box(
        element(
            "p",
            f"{metric_in_words(estimate.name)}{group}: ",
            element("b", quantity(estimate.value, estimate.unit)),
            interval if math.isfinite(low) else " (too few patients for an interval)",
            element(
                "small",
                f"{who_in_words(estimate.who)}, {estimate.part} part: {estimate.patients} patients, {estimate.cases} cases, "
                f"{estimate.excluded} not measured",
            ),
        )
    )


def html_of_finding(finding: Finding) -> Html:
    """Return severity, what was expected, what came, and what to do."""
    cases = f" ({', '.join(finding.cases[:6])}{' …' if len(finding.cases) > 6 else ''})" if finding.cases else ""
    return _box(
        element(
            "p",
            element("b", f"{finding.severity}: {finding.code.replace('_', ' ')}{cases}"),
            element("small", f"Expected {finding.expected}, got {finding.got}. {finding.do}"),
        )
    )


def html_of_run(run: Run) -> Html:
    """Return the estimates of a run and where its report is."""
    estimates: Sequence[Estimate] = run.estimates() if run.exists("estimates.json") else []
    together = without_lone_classes([e for e in estimates if e.group == "all"])
    primary = together[0].name if together else ""
    said: Html | None = element("p", "Nothing has been evaluated yet.")
    if together:
        said = element("div", element("p", f"{together[0].part} part"), estimates_table(telling(together, primary), primary))
    where_report = f"Report: {run.path / 'report.html'}" if run.exists("report.html") else "No report yet."
    return _box(element("p", element("b", f"Run {run.path.name}")), said, element("p", where_report))


@styled
def _draw(shown: Picture) -> Figure:
    """One picture on a figure of its own."""
    width, height = panel_size(shown, width_in=3.2, most_in=3.2)
    figure = sheet(width, height)
    show(figure.subplots(), shown)
    return figure


def _words(said: str, view: View, image: Image) -> list[Html]:
    place = where(view, image.grid)
    lines = [element("p", said)]
    if place:
        convention = f" {CONVENTION}" if image.grid.world == "ras_mm" else ""
        lines.append(element("small", f"Shown: {place}.{convention}"))
    return lines


def _value(value: Any) -> str:
    """One label in a line; arrays in full help nobody."""
    said = repr(value)
    return said if len(said) < 200 else said[:199] + "…"


def _box(*children: object) -> Html:
    return element("div", element("style", raw(_CSS)), children, class_="isocenter")
