"""The page of a tuning: the curves, what was chosen and what it scored, every configuration tried.

In:   Tuning, the study, the drawn curves. Out: the text of an HTML file.
"""

import math
from collections.abc import Sequence

from isocenter.core.estimate import Estimate
from isocenter.core.study import Study
from isocenter.figures.evidence import Drawing
from isocenter.figures.markup import Cell, Html, element, number_cell, table
from isocenter.figures.tuning_curves import draw_tuning_curves
from isocenter.figures.words import metric_in_words, metric_within, number
from isocenter.metrics.estimates.interval import Interval
from isocenter.metrics.tuning_curve import ExpectedBest
from isocenter.stages.reporting.page import page
from isocenter.stages.reporting.sections.figure import figures
from isocenter.stages.reporting.sections.reproduce import footer
from isocenter.stages.tuning import TunedArm, Tuning

GROUNDS = {"tune": "tuning cases", "folds": "cases held out by folds", "learn": "the cases learned from"}
READING = (
    "The curve says what score to expect of the best of k configurations drawn at random: one that is high from the start is easy "
    "to tune, one that climbs late is hard. The band is the 95 % interval over configurations, not over patients. These scores "
    "chose the configuration, so the best of them flatters; the test score does not."
)


def tuning_drawing(study: Study, made: Tuning) -> Drawing:
    """Return the curves of all arms with their words."""
    curves = [(arm.arm or study.name, arm.curve) for arm in made.arms]
    return Drawing(
        name="tuning_curves",
        title=f"Expected best {metric_within(made.quantity)}",
        caption=READING,
        figure=draw_tuning_curves(curves, axis=f"Expected best {metric_in_words(made.quantity)}"),
        wide=True,
    )


def tuning_page(study: Study, made: Tuning, drawing: Drawing) -> str:
    """Return the whole page."""
    name = metric_in_words(made.quantity)
    ground = GROUNDS.get(made.part, made.part)
    opening = element(
        "header",
        element("p", element("span", "Isocenter tuning", class_="eyebrow"), class_="top"),
        element("h1", study.name),
        element(
            "p",
            f"{made.configurations} random configuration{'s' if made.configurations != 1 else ''} of each arm, the same for all; "
            f"{metric_within(made.quantity)} of "
            f"{made.target or 'the target'} on {ground} of {made.patients} patients.",
            class_="question",
        ),
        class_="opening",
    )
    results = element(
        "section",
        element("h2", "Results"),
        _arms(study, made, name),
        figures([drawing]),
        _contrasts(made),
        id="results",
    )
    return page(f"{study.name} · Isocenter tuning", opening, [results, _tried(study, made, name)], footer())


def _arms(study: Study, made: Tuning, name: str) -> Html:
    """One row an arm: how easy, how far, what was chosen, what it scored."""
    rows = []
    for arm in made.arms:
        chosen = ", ".join(f"{key} {_shown(value)}" for key, value in arm.chosen.settings.items())
        rows.append(
            [
                arm.arm or study.name,
                *(_expected(_point(arm, k)) for k in _told(made)),
                number_cell(arm.spread),
                Cell(str(arm.failed), sort=float(arm.failed), numeric=True),
                f"{arm.chosen.configuration}: {chosen}",
                number_cell(arm.chosen.score),
                _test(arm.test),
                Cell(str(arm.openings), sort=float(arm.openings), numeric=True),
            ]
        )
    heads = [f"Expected best of {k}" for k in _told(made)]
    return table(
        ["Arm", *heads, "SD", "Diverged", "Chosen", f"Its {name}", "Its test score", "Openings"],
        rows,
        caption="Expected best and test score with 95 % intervals, over configurations and over patients",
        kind="estimates",
    )


def _told(made: Tuning) -> list[int]:
    """Return the numbers of configurations a table tells of: one, some, half of them, all."""
    n = made.configurations
    return sorted({k for k in (1, 3, n // 2, n) if 1 <= k <= n})


def _point(arm: TunedArm, tried: int) -> ExpectedBest:
    return next(point for point in arm.curve if point.tried == tried)


def _expected(point: ExpectedBest) -> Cell:
    return Cell([number(point.best), _ends(point.interval.ends, point.best)], sort=point.best, numeric=True)


def _test(estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell("not opened", sort="")
    ends = _ends(estimate.ci95, estimate.value)
    return Cell([number(estimate.value), ends, element("small", f" n = {estimate.patients}")], sort=estimate.value, numeric=True)


def _ends(ends: tuple[float, float], value: float) -> Html | None:
    if not math.isfinite(ends[0]):
        return None
    return element("small", f" {number(ends[0], like=value)}–{number(ends[1], like=value)}")


def _contrasts(made: Tuning) -> Html | None:
    """Each arm against the first."""
    if not made.contrasts:
        return None
    rows = []
    for contrast in made.contrasts:
        found = contrast.found
        rows.append(
            [
                f"{contrast.first} − {contrast.second}",
                Cell(str(found.tried), sort=float(found.tried), numeric=True),
                Cell(number(found.best).replace("-", "−"), sort=found.best, numeric=True),
                _interval(found.interval, found.best),
            ]
        )
    return table(["Difference", "Configurations", "Expected best", "95 % interval"], rows, caption="Arms against the first")


def _interval(interval: Interval, value: float) -> Cell:
    if not math.isfinite(interval.low):
        return Cell(interval.kind, numeric=False)
    low, high = (number(end, like=value).replace("-", "−") for end in interval.ends)
    return Cell(f"{low} to {high}", numeric=True)


def _tried(study: Study, made: Tuning, name: str) -> Html:
    """Every configuration of every arm."""
    settings: Sequence[str] = list(study.tune)
    rows = [
        [
            t.arm or study.name,
            Cell(str(t.configuration), sort=float(t.configuration), numeric=True),
            *(_shown(t.settings[key]) for key in settings),
            Cell("diverged", sort="") if math.isnan(t.score) else number_cell(t.score),
        ]
        for t in made.tried
    ]
    return element(
        "section",
        element("h2", "Configurations"),
        table(["Arm", "Configuration", *settings, name], rows, caption="Every configuration tried", sortable=True),
        id="configurations",
    )


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
