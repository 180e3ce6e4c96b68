"""Training and comparison: the learning curve and looks; folds and arms beside one another.

In:   Contents and drawn charts. Out: markup.
"""

from collections.abc import Sequence

from isocenter.core.estimate import Estimate
from isocenter.figures.estimates_table import value_cell, whole
from isocenter.figures.evidence import Drawing
from isocenter.figures.markup import Cell, Html, element, table
from isocenter.figures.words import metric_in_words
from isocenter.stages.reporting.contents import Contents, Inner
from isocenter.stages.reporting.sections.figure import figures


def training(contents: Contents, drawings: Sequence[Drawing]) -> Html | None:
    """Return the section, or None when nothing was trained step by step."""
    if not drawings:
        return None
    ended = contents.notes.get("train" if contents.measured else "training", {}).get("ended")
    stopped = contents.notes.get("train", {}).get("clock_ended")
    return element(
        "section",
        element("h2", "Training"),
        element("p", "The clock, not the number of steps, ended this training: a repeat may differ.", class_="lead")
        if stopped
        else None,
        element("p", f"The training ended at {ended}", class_="lead") if ended else None,
        figures(drawings),
        id="training",
    )


def comparison(contents: Contents, drawings: Sequence[Drawing]) -> Html | None:
    """Return the table of arms or folds, or None when there are none."""
    if not contents.inner:
        return None
    kinds = {inner.kind for inner in contents.inner}
    title = "Arms" if kinds == {"arm"} else "Folds" if kinds == {"fold"} else "Arms and folds"
    rows = []
    for inner in contents.inner:
        estimate = _main(inner, contents.primary)
        rows.append(
            [
                f"{inner.kind} {inner.name}",
                value_cell(estimate),
                whole(estimate.patients) if estimate else Cell("–", numeric=True),
                whole(estimate.cases) if estimate else Cell("–", numeric=True),
                Cell(str(inner.plan.steps) if inner.plan else "–", numeric=True),
                inner.plan.method if inner.plan else "–",
            ]
        )
    return element(
        "section",
        element("h2", title),
        element(
            "p",
            "Equal budgets, one table."
            if "arm" in kinds
            else "One model a fold; each is measured on the cases it did not learn from.",
            class_="lead",
        ),
        element("ul", [element("li", added.sentence) for added in contents.added]) if contents.added else None,
        table(
            ["Run", metric_in_words(contents.primary), "Patients", "Cases", "Steps", "Method"],
            rows,
            caption=title,
            kind="estimates",
        ),
        figures(drawings),
        id="comparison",
    )


def _main(inner: Inner, primary: str) -> Estimate | None:
    own = [e for e in inner.estimates if e.who == "model" and e.group == "all" and e.name == primary]
    order = {"test": 0, "folds": 1, "tune": 2}
    return min(own, key=lambda e: order.get(e.part, 3), default=None)
