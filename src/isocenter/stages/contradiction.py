"""Two labels that cannot both be right: what the checks for rows that contradict one another share.

In:   two labels of one target; or two cases, their labels opened.
Out:  whether they differ; a label in words.
Not:  no labels that are files: two readers' outlines are never equal.
"""

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.stages.examination import Examination


def differ(one: Value, other: Value) -> bool:
    """Tell whether two labels contradict one another; what was not assessed in one contradicts nothing."""
    match one, other:
        case Scores(), Scores():
            return bool(np.any((one.p != other.p) & ~np.isnan(one.p) & ~np.isnan(other.p)))
        case Amount(), Amount():
            return not np.array_equal([one.value, one.low, one.high], [other.value, other.low, other.high], equal_nan=True)
        case Survival(), Survival():
            return one.code != other.code or not np.array_equal(one.days, other.days)
        case str(), str():
            return one != other
    return False


def in_words(label: Value) -> str:
    """Return a label as a finding names it."""
    match label:
        case Scores():
            return " and ".join(name for name, p in zip(label.names, label.p, strict=True) if p > 0) or "none"
        case Amount():
            return f"{label.value:g}" if np.isnan(label.low) and np.isnan(label.high) else f"{label.low:g} to {label.high:g}"
        case Survival():
            return f"{label.days[0]:g} days, code {label.code}"
    return str(label)[:40]


def contradicted(seen: Examination, one: str, other: str) -> list[str]:
    """Return the targets of which two cases that show the same have labels that differ.

    Labels of unlike objects, regions or slices of one picture may differ; those of a patient are looked at by patient_labels.py.
    """
    mine, theirs = seen.opened[one].labels, seen.opened[other].labels
    found = []
    for target in seen.study.targets:
        if target.per == "patient":
            continue
        if target.scope != "exam":
            column = target.scope.split(":", 1)[1]
            if seen.cases.cells(one)[column] != seen.cases.cells(other)[column]:
                continue
        names = [name for name in mine if name.split("@")[0] == target.name and name in theirs]
        if any(differ(mine[name], theirs[name]) for name in names):
            found.append(target.name)
    return found
