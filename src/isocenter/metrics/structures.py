"""Structures of which a case has one each, truth beside answer: how far apart they lie.

In:   a Pair of points or boxes.
Out:  the true places of a kind and those answered; a distance per kind, its mean over kinds, and the misses apart.
Not:  no distance of its own (per_case/landmark_error.py, per_case/box_wall_distance.py).

Of each kind the surest answers are taken, as many as there are true ones (one, as a rule), and paired so that the middles lie
closest in sum. So an answer of many places gains nothing by being many.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from isocenter.core.errors import StudyError
from isocenter.core.measurement import Measurement
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.task import Pair
from isocenter.metrics.mask_pair import class_name, mean_of_measured, with_mean
from isocenter.metrics.point_pair import LEAST_SCORE

WORLD = "{world}"
"""Unit of a distance in pictures, whose world (px, mm or um) their places do not name."""


class Structure(Record):
    """One kind, its true places paired with answered ones."""

    truth: NDArray[np.float64]
    """(N, d) middles."""
    answer: NDArray[np.float64]
    """(N, d)"""
    truth_extent: NDArray[np.float64]
    """(N, d) full sizes; zeros for points."""
    answer_extent: NDArray[np.float64]
    missed: int
    """Places of the truth, or of the answer where the truth has none, without a partner."""


Distance = Callable[[Structure], NDArray[np.float64]]
"""Paired places -> how far apart each pair lies, (N,)."""


def structures(pair: Pair) -> Mapping[str, Structure]:
    """Return each kind's pairs by its name. StudyError if the answer is of another sort than the truth, or names other kinds."""
    truth, answer = pair.truth, pair.answer
    if not isinstance(truth, Points) or not isinstance(answer, Points):
        raise StudyError(f"case {pair.case}: expected places as truth and answer, got {type(answer).__name__} as answer.")
    if truth.names != answer.names and len(answer):
        raise StudyError(f"case {pair.case}: expected kinds {truth.names} in the answer, got {answer.names}.")
    given = ~(answer.score < LEAST_SCORE)
    found = {}
    for index, name in enumerate(truth.names or ("point",)):
        mine, theirs = np.flatnonzero(truth.kind == index), np.flatnonzero((answer.kind == index) & given)
        theirs = theirs[np.argsort(-np.nan_to_num(answer.score[theirs], nan=1.0), kind="stable")][: max(1, len(mine))]
        if len(mine) and len(theirs):
            rows, columns = linear_sum_assignment(cdist(truth.world[mine], answer.world[theirs]))
        else:
            rows = columns = np.zeros(0, np.intp)
        missed = max(len(mine), len(theirs)) - len(rows)
        mine, theirs = mine[rows], theirs[columns]
        found[name] = Structure(
            truth=np.asarray(truth.world[mine], float),
            answer=np.asarray(answer.world[theirs], float),
            truth_extent=_extent(truth, mine),
            answer_extent=_extent(answer, theirs),
            missed=missed,
        )
    return found


def apart(pair: Pair, *, name: str, kind: str, method: str, distance: Distance) -> list[Measurement]:
    """Return `<name>_<kind>` and their mean `<name>`; `<name>_miss` and, of several kinds, `<name>_miss_<kind>`.

    A kind that is only in the truth, or only in the answer, has no distance (NaN) and is a miss (1); one in neither is NaN in both.
    kind : of target, "points" or "boxes"; [] for a truth of another
    """
    if not isinstance(pair.truth, Points) or (pair.truth.extent is None) != (kind == "points"):
        return []
    known, misses = {}, {}
    for one, paired in structures(pair).items():
        count = len(paired.truth)
        known[one] = float(distance(paired).mean()) if count else math.nan
        misses[one] = paired.missed / (paired.missed + count) if paired.missed + count else math.nan
    several = len(known) > 1
    missed = f"share of structures that only truth or answer has; {name} is not defined there"
    each = with_mean(pair, known, name=name, unit=unit_of(pair.truth), method=method)
    return [
        *(each if several else each[-1:]),
        *(
            Measurement(case=pair.case, name=class_name(f"{name}_miss", one), value=miss, unit="1", method=missed)
            for one, miss in misses.items()
            if several
        ),
        Measurement(case=pair.case, name=f"{name}_miss", value=mean_of_measured(list(misses.values())), unit="1", method=missed),
    ]


def unit_of(places: Points) -> str:
    """Return the unit of distances: volumes lie in a patient, in mm; pictures in a world that their places do not name."""
    return "mm" if places.world.shape[1] == 3 else WORLD


def _extent(points: Points, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    size = points.extent if points.extent is not None else np.zeros_like(points.world)
    return np.asarray(size[chosen], float)
