"""Estimates per group, with intervals: does it hold for everyone?

In:   estimates whose group is not "all". Out: one row a group, the whole beside it as a dashed line.
"""

from collections.abc import Sequence

from matplotlib.figure import Figure

from isocenter.core.estimate import Estimate
from isocenter.figures.evidence import Chart, Drawing, Evidence
from isocenter.figures.intervals import Row, draw_intervals
from isocenter.figures.style import INK
from isocenter.figures.words import metric_in_words, metric_within, unit_in_words


def draw_forest(estimates: Sequence[Estimate], *, metric: str) -> Figure:
    """Return one row a group of one metric's estimates; "all" comes first and as the dashed line."""
    whole = [e for e in estimates if e.group == "all"][:1]
    groups = [e for e in estimates if e.group != "all"]
    rows = [Row(label="all", value=e.value, ci95=e.ci95, patients=e.patients, color=INK) for e in whole]
    rows += [Row(label=e.group.replace("=", ": "), value=e.value, ci95=e.ci95, patients=e.patients) for e in groups]
    unit = unit_in_words((whole + groups)[0].unit)
    axis = metric_in_words(metric) + (f" ({unit})" if unit else "")
    least = 0.1 if not unit else 0.0
    return draw_intervals(rows, axis=axis, reference=whole[0].value if whole else None, least=least)


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    own = [e for e in evidence.estimates if e.who == "model" and e.part == evidence.part and e.name == evidence.primary]
    drawings: list[Drawing] = []
    for target in dict.fromkeys(e.target for e in own):
        mine = [e for e in own if e.target == target]
        if sum(e.group != "all" for e in mine) < 2:
            continue
        drawings.append(
            Drawing(
                name=f"groups_{target or 'all'}",
                title=f"{metric_in_words(evidence.primary)} by group",
                caption=f"Each row is one group: the point is its {metric_within(evidence.primary)}, the bar its 95 % interval "
                "(none below 10 patients). The dashed line is everyone together. Wide bars mean few patients, not a difference.",
                figure=draw_forest(mine, metric=evidence.primary),
            )
        )
    return drawings


CHART = Chart(section="groups", order=1, draw=_from_evidence)
