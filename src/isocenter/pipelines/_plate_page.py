"""The page of a plate: doubling times by dose, curves, heat maps, what to know before believing it.

In:   PlateGrowth, the counts. Out: the text of an HTML file that loads nothing.
"""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from isocenter.core.finding import Finding
from isocenter.figures.evidence import Drawing
from isocenter.figures.markup import Cell, Html, element, number_cell, table
from isocenter.figures.plate import DrawnDose, draw_growth, draw_plate_over_time, draw_rates
from isocenter.figures.words import number
from isocenter.pipelines._plate_growth import Condition, PlateGrowth
from isocenter.stages.reporting.page import page
from isocenter.stages.reporting.sections.figure import figures
from isocenter.stages.reporting.sections.reproduce import footer
from isocenter.stages.reporting.sections.warnings import findings_section

READING = (
    "A rate is fitted in every well; a dose has the mean of its wells, and the doubling time of that mean. Intervals are by "
    "bootstrap over wells: they say what other wells of this plate would give, and nothing of another day or flask. Differences "
    "from the control and their intervals are Dunnett's, which hold for all doses at once."
)

DRAWN = 8
"""Plates whose figures are on the page."""


def growth_page(
    title: str, plates: Sequence[tuple[PlateGrowth, pd.DataFrame]], findings: Sequence[Finding], *, dose_unit: str, again: str
) -> str:
    """Return the whole page. again : the command that makes it again"""
    wells = sum(len(made.wells) for made, _ in plates)
    opening = element(
        "header",
        element("p", element("span", "Isocenter growth curves", class_="eyebrow"), class_="top"),
        element("h1", title),
        element("p", f"{len(plates)} plate{'s' if len(plates) != 1 else ''}, {wells} wells.", class_="question"),
        class_="opening",
    )
    results = element(
        "section",
        element("h2", "Results"),
        element("p", READING, class_="lead"),
        element("p", f"Figures of the first {DRAWN} plates; the tables are of all.", class_="muted")
        if len(plates) > DRAWN
        else None,
        [_plate(made, rows, dose_unit, drawn=place < DRAWN) for place, (made, rows) in enumerate(plates)],
        id="results",
    )
    reproduce = element("section", element("h2", "Reproduce"), element("pre", element("code", again)), id="reproduce")
    return page(f"{title} · Isocenter growth curves", opening, [findings_section(findings), results, reproduce], footer())


def _plate(made: PlateGrowth, rows: pd.DataFrame, unit: str, *, drawn: bool) -> Html:
    named = f"Plate {made.plate}" if made.plate else "Plate"
    return element(
        "section",
        element("h3", named),
        _table(made, unit),
        figures(_drawings(made, rows, unit)) if drawn else None,
        class_="plate",
    )


def _table(made: PlateGrowth, unit: str) -> Html:
    rows = [
        [
            dose_label(c.dose, unit) + (" (control)" if len(made.conditions) > 1 and c.dose == made.control else ""),
            Cell(str(c.wells), sort=float(c.wells), numeric=True),
            c.growth if not c.refused else Cell([element("span", "none"), element("small", c.refused)]),
            _doubling(c),
            Cell(f"{c.rate:.4f}" if math.isfinite(c.rate) else "–", sort=c.rate if math.isfinite(c.rate) else "", numeric=True),
            number_cell(c.capacity if math.isfinite(c.capacity) else math.nan),
            _difference(c),
            Cell("–" if math.isnan(c.p) else f"{c.p:.3g}" if c.p >= 0.001 else "< 0.001", numeric=True),
        ]
        for c in made.conditions
    ]
    heads = ["Dose", "Wells", "Curve", "Doubling time (h)", "Rate (1/h)", "Capacity", "Difference of rate (1/h)", "p"]
    return table(heads, rows, caption="Doubling time by dose with 95 % intervals, and doses against the control", kind="estimates")


def _doubling(c: Condition) -> Cell:
    if math.isinf(c.doubling_h):
        return Cell(["does not grow"], sort=math.inf, numeric=True)
    low, high = c.doubling_interval.ends
    if math.isnan(low):
        ends: Html | None = element("small", f" {c.doubling_interval.kind}") if c.wells else None
    else:
        ends = element("small", f" {number(low, like=c.doubling_h)}–{'∞' if math.isinf(high) else number(high, like=c.doubling_h)}")
    return Cell([number(c.doubling_h), ends], sort=c.doubling_h if math.isfinite(c.doubling_h) else "", numeric=True)


def _difference(c: Condition) -> Cell:
    if math.isnan(c.difference):
        return Cell("–", sort="", numeric=True)
    low, high = c.difference_ci95
    ends = element("small", f" {low:+.4f} to {high:+.4f}".replace("-", "−"))
    return Cell([f"{c.difference:+.4f}".replace("-", "−"), ends], sort=c.difference, numeric=True)


def _drawings(made: PlateGrowth, rows: pd.DataFrame, unit: str) -> list[Drawing]:
    used = {w.well: w for w in made.wells}
    doses, labels, rates = [], [], []
    for c in made.conditions:
        mine = [w for w in made.wells if w.dose == c.dose or (math.isnan(w.dose) and math.isnan(c.dose))]
        wide = rows[rows["well"].isin([w.well for w in mine])].pivot(index="well", columns="hours", values="count")
        hours = wide.columns.to_numpy(float)
        fits = [w.fit for w in mine if w.used]
        fine = np.linspace(hours.min(), hours.max(), 80) if len(hours) else np.zeros(0)
        label = dose_label(c.dose, unit)
        curve = np.mean([fit.at(fine) for fit in fits], 0) if fits else np.zeros(0)
        doses.append(DrawnDose(label=label, hours=hours, counts=wide.to_numpy(float), curve_hours=fine, curve=curve))
        labels.append("all" if math.isnan(c.dose) else f"{c.dose:g}")
        rates.append(np.array([fit.rate for fit in fits], float))
    left_out = {name: well.edge and not well.used for name, well in used.items()}
    return [
        Drawing(
            name="growth", title="Growth", figure=draw_growth(doses),
            caption="Thin lines are wells, thick ones the mean of their fitted curves.",
        ),
        Drawing(
            name="rates", title="Rates by dose", caption="A dot is a well; diamonds are means with their 95 % interval.",
            figure=draw_rates(labels, rates, [c.rate for c in made.conditions], [c.rate_interval.ends for c in made.conditions]),
        ),
        Drawing(
            name="plate", title="The plate over time", wide=True, figure=draw_plate_over_time(rows, edge_note=left_out),
            caption="Counts by well; a white well was not counted, a cross marks a well at the edge that was left out.",
        ),
    ]  # fmt: skip


def dose_label(dose: float, unit: str) -> str:
    """Return a dose with its unit; "all wells" where none is named."""
    return "all wells" if math.isnan(dose) else f"{dose:g} {unit}".strip()
