"""Which points a study learns, and which counts are read off them.

In:   a study. Out: its one target of points or boxes; the counts read off it, asked for or not, with the kinds they count.
Not:  nothing is found or counted.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.metrics.point_pair import LEAST_SCORE


def learned_points(study: Study, *, types: Sequence[str] = ("points",)) -> Target:
    """Return the one target of places. StudyError when there are several, or a count asks for a kind it does not have.

    types : of which it may be: "points", "boxes"
    """
    targets = [t for t in study.targets if t.type in types and t.use == "learn"]
    if len(targets) != 1:
        raise StudyError(
            f"expected one {' or '.join(types)} target to learn, got {len(targets)} "
            f"({', '.join(t.name for t in targets) or 'none'}). "
            "Mark the others `use: score`, or make them kinds of one target (`classes:` and a column `kind` in the dots)."
        )
    for count in counted(study):
        stray = [name for name in count.classes if name not in kinds_of(targets[0])]
        if stray:
            raise StudyError(
                f"target {count.name} counts {', '.join(stray)}, and {targets[0].name} knows {', '.join(kinds_of(targets[0]))}. "
                "Correct its `classes:`."
            )
    return targets[0]


def kinds_of(target: Target) -> tuple[str, ...]:
    """Return the kinds of a points target; one without names is called "point"."""
    return target.classes or ("point",)


def dots(case: Case, target: Target) -> Points:
    """Return a case's points or boxes. StudyError when its label is something else."""
    points = case.labels[target.name]
    if not isinstance(points, Points):
        raise StudyError(f"case {case.key}: expected points for target {target.name}, got {type(points).__name__}.")
    return points


def counted(study: Study) -> tuple[Target, ...]:
    """Return what is counted off the points: the count targets that are only scored, and what is counted unasked."""
    asked = tuple(t for t in study.targets if t.type == "count" and t.use == "score")
    learned = (t for t in study.targets if t.type in ("points", "boxes") and t.use == "learn")
    beside = [count for places in learned for count in counts_beside(places)]
    return (*asked, *(count for count in beside if count.name not in {t.name for t in study.targets}))


def counts_beside(places: Target) -> tuple[Target, ...]:
    """Return the counts of some places that need no target: "cells_count", and of several kinds "cells_count_red" as well."""
    count = Target(name=f"{places.name}_count", type="count", columns=places.columns, classes=places.classes, use="score")
    kinds = places.classes if len(places.classes) > 1 else ()
    return (count, *(count.model_copy(update={"name": f"{count.name}_{kind}", "classes": (kind,)}) for kind in kinds))


def count_given(points: Points, count: Target) -> Amount:
    """Return how many of a count's kinds an answer gives: those of a score of at least a half, or of none."""
    names = count.classes or points.names
    wanted = np.array([name in names for name in points.names], bool)[points.kind] if len(points) else np.zeros(0, bool)
    return Amount(value=float((wanted & ~(points.score < LEAST_SCORE)).sum()), unit=count.unit)


def count_answers(totals: NDArray[np.floating], kinds: Sequence[str], counts: Sequence[Target]) -> dict[str, Value]:
    """Return the answer to each count target.

    totals : (K,) how many of each kind
    """
    named = dict(zip(kinds, totals, strict=True))
    return {t.name: Amount(value=float(sum(named[k] for k in t.classes or kinds)), unit=t.unit) for t in counts}
