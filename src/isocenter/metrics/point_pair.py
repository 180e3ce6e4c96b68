"""The points of a truth and an answer, kind by kind.

In:   a Pair of points or boxes.
Out:  one pair of places per kind, answers below the cut left out; measurements per kind and over all kinds.
Not:  no matching (matching.py).
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.measurement import Measurement
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.task import Pair
from isocenter.metrics.mask_pair import class_name
from isocenter.metrics.matching import Matches

LEAST_SCORE = 0.5
"""An answer counts as given from this score on; a score of NaN counts."""


class KindPair(Record):
    """The places of one kind."""

    name: str
    truth: NDArray[np.float64]
    """(N, d)."""
    answer: NDArray[np.float64]
    """(M, d)."""
    truth_extent: NDArray[np.float64]
    """(N, d); zeros for points."""
    answer_extent: NDArray[np.float64]


def kinds(pair: Pair) -> Iterator[KindPair]:
    """Yield the places of each kind. StudyError if the answer is of another sort than the truth, or names other kinds; where either
    has one kind alone it is the same, whatever it is called.
    """
    truth, answer = pair.truth, pair.answer
    if not isinstance(truth, Points) or not isinstance(answer, Points):
        raise StudyError(f"case {pair.case}: expected points as truth and answer, got {type(answer).__name__} as answer.")
    several = max(len(truth.names), len(answer.names)) > 1
    if several and truth.names != answer.names and len(answer):
        raise StudyError(f"case {pair.case}: expected kinds {truth.names} in the answer, got {answer.names}.")
    given = ~(answer.score < LEAST_SCORE)
    for index, name in enumerate(truth.names or ("point",)):
        mine, theirs = truth.kind == index, (answer.kind == index) & given
        yield KindPair(
            name=name,
            truth=np.asarray(truth.world[mine], float),
            answer=np.asarray(answer.world[theirs], float),
            truth_extent=_extent(truth, mine),
            answer_extent=_extent(answer, theirs),
        )


def per_kind(pair: Pair, *, name: str, method: str, match: Callable[[KindPair], Matches]) -> list[Measurement]:
    """Return F1, precision and recall over all kinds, and F1 per kind if there are several. Nothing where the truth is no set
    of points: `<name>_f1`, `<name>_precision`, `<name>_recall`, `<name>_f1_<kind>`.
    """
    if not isinstance(pair.truth, Points):
        return []
    found = {kind.name: match(kind) for kind in kinds(pair)}
    every = _total(list(found.values()))
    values = {f"{name}_f1": every.f1, f"{name}_precision": every.precision, f"{name}_recall": every.recall}
    if len(found) > 1:
        values |= {class_name(f"{name}_f1", kind): matches.f1 for kind, matches in found.items()}
    return [Measurement(case=pair.case, name=key, value=value, unit="1", method=method) for key, value in values.items()]


def _total(found: Sequence[Matches]) -> Matches:
    return Matches(paired=sum(m.paired for m in found), extra=sum(m.extra for m in found), missed=sum(m.missed for m in found))


def _extent(points: Points, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    size = points.extent if points.extent is not None else np.zeros_like(points.world)
    return np.asarray(size[chosen], float)
