"""Evidence: the tables a report's charts are drawn from; Chart and Drawing: what one chart is.

In:   what the stages wrote, as tables and nouns. Out: frozen records.
Not:  no reading of the run folder (stages/reporting/contents.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal

import pandas as pd
from matplotlib.figure import Figure

from isocenter.core.estimate import Estimate
from isocenter.core.image import Image
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.registry import Registry
from isocenter.core.study import Study

ANSWER_COLUMNS = ["case", "patient", "target", "kind", "class", "truth", "answer", "unit"]
"""Columns of Evidence.answers: one scalar of a truth beside the same scalar of the answer (a volume, a count, a probability)."""


class Found(Record):
    """Truths and answers that are points or boxes, a case a place in each."""

    patients: Sequence[str]
    truths: Sequence[Points]
    answers: Sequence[Points]


class Evidence(Record):
    """What there is to draw."""

    study: Study
    part: str
    """The part the claim is made on: "test", "folds" or "tune". Tables below hold this part alone."""
    primary: str
    """The metric the claim is made with."""
    measurements: pd.DataFrame
    """case, patient, part, fold, who, target, name, value, unit, method."""
    estimates: Sequence[Estimate] = ()
    log: pd.DataFrame | None = None
    """step, minutes, loss …, tune_…, made_…; None when nothing was trained."""
    looks: Sequence[tuple[int, Image]] = ()
    """Steps, and the images made after them in a row; of generators."""
    answers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ANSWER_COLUMNS))
    found: Mapping[str, Found] = field(default_factory=dict)
    """Points and boxes by target."""
    inner: Sequence[tuple[str, Sequence[Estimate]]] = ()
    """Folds or arms by name, with their estimates."""


def class_scores(evidence: Evidence, *, most: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each target with its answers that are probabilities: of two classes the last alone, else the first `most`."""
    scores = evidence.answers[evidence.answers["kind"] == "probability"]
    for target, table in scores.groupby("target", sort=False):
        classes = list(dict.fromkeys(table["class"]))
        yield str(target), table[table["class"].isin(classes[-1:] if len(classes) == 2 else classes[:most])]


class Drawing(Record):
    """One drawn figure with its words."""

    name: str
    """Stem of its file."""
    title: str
    caption: str
    """What is seen, and how to read it; also the text for those who cannot see it."""
    figure: Figure
    wide: bool = False
    """Needs the page's whole width."""
    target: str = ""
    """The target it speaks of; "" = of none in particular."""


class Chart(Record):
    """A member of figures/charts/."""

    section: Literal["results", "training", "groups", "arms"]
    order: int
    """Place within its section, smallest first."""
    draw: Callable[[Evidence], Sequence[Drawing]]
    """[] when there is nothing to draw it from."""


def charts() -> Registry[Chart]:
    """Return the charts there are, one file each in figures/charts/."""
    return Registry("chart", "isocenter.figures.charts", "CHART")


def charts_of(section: str) -> Sequence[Chart]:
    """Return the charts of one section of the report, in order."""
    registry = charts()
    members = (registry.get(name) for name in registry.names())
    return sorted((chart for chart in members if chart.section == section), key=lambda chart: chart.order)
