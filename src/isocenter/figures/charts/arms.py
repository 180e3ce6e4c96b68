"""Arms or folds beside one another, with intervals.

In:   the estimates of each inner run. Out: one row an arm.
"""

import math
from collections.abc import Sequence

from matplotlib.figure import Figure

from isocenter.core.estimate import Estimate
from isocenter.figures.evidence import Chart, Drawing, Evidence
from isocenter.figures.intervals import Row, draw_intervals
from isocenter.figures.words import metric_in_words, unit_in_words


def draw_arms(arms: Sequence[tuple[str, Estimate]], *, metric: str) -> Figure:
    """Return one row an arm, in the order given."""
    rows = [Row(label=name, value=e.value, ci95=e.ci95, patients=e.patients) for name, e in arms]
    unit = unit_in_words(arms[0][1].unit)
    return draw_intervals(rows, axis=metric_in_words(metric) + (f" ({unit})" if unit else ""), least=0.0 if unit else 0.1)


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    found: list[tuple[str, Estimate]] = []
    for name, estimates in evidence.inner:
        own = [
            e for e in estimates if e.who == "model" and e.group == "all" and e.name == evidence.primary and math.isfinite(e.value)
        ]
        own.sort(key=lambda e: ("test", "folds", "tune").index(e.part) if e.part in ("test", "folds", "tune") else 3)
        found += [(name, e) for e in own[:1]]
    if len(found) < 2 or not any(math.isfinite(e.ci95[0]) for _, e in found):
        return []
    return [
        Drawing(
            name="arms",
            title=f"{metric_in_words(evidence.primary)} of each",
            caption="One row a run: the point is its estimate, the bar the 95 % interval over its patients. Overlapping bars "
            "are no proof of equality; compare gives the paired difference.",
            figure=draw_arms(found, metric=evidence.primary),
        )
    ]


CHART = Chart(section="arms", order=1, draw=_from_evidence)
