"""Which points a study learns, and which counts are read off them.

In:   a study. Out: its one target of points or boxes; the count targets that are scored against it, with the kinds they count.
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
    """Return the count targets that are only scored: what is counted off the points."""
    return tuple(t for t in study.targets if t.type == "count" and t.use == "score")


def count_answers(totals: NDArray[np.floating], kinds: Sequence[str], counts: Sequence[Target]) -> dict[str, Value]:
    """Return the answer to each count target.

    totals : (K,) how many of each kind
    """
    named = dict(zip(kinds, totals, strict=True))
    return {t.name: Amount(value=float(sum(named[k] for k in t.classes or kinds)), unit=t.unit) for t in counts}
