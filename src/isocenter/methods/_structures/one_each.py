"""Labels that say where structures lie of which a case has one each.

In:   a study, or a case. Out: its target; its label, checked. StudyError where a case has two of a kind.
"""

import numpy as np

from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.points import Points
from isocenter.core.study import Study, Target
from isocenter.methods._places import dots, kinds_of, learned_points

KINDS = ("points", "boxes")


def structures_of(study: Study) -> Target:
    """Return the one target of places, which speaks of whole exams. StudyError otherwise."""
    target = learned_points(study, types=KINDS)
    if target.scope != "exam":
        raise StudyError(
            f"expected target {target.name} to speak of the whole exam, got the scope {target.scope}: a structure outside of it "
            "would pass for absent. Leave out the scope, or cut the images."
        )
    return target


def one_each(case: Case, target: Target) -> Points:
    """Return a case's structures. StudyError when it has two of a kind, or something else."""
    places = dots(case, target)
    count = np.bincount(places.kind, minlength=len(kinds_of(target)))
    if (count > 1).any():
        name = kinds_of(target)[int(count.argmax())]
        raise StudyError(
            f"case {case.key}: expected one {name} at most, got {count.max()}. Objects of which there are many are found by the "
            "tasks detection (boxes) and localization (points): leave out `task:`."
        )
    return places
