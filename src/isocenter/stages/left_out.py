"""Left out: answers to a label of a region or a slice, where a new case does not tell which.

In:   a study, new cases, predictions.
Out:  by case the targets that are left out, and why; predictions without them. StudyError when nothing is left to answer.
Not:  masks, places and images: they are said sample by sample, and their scope tells only where the truth was assessed.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target

OF_THE_WHOLE = frozenset({"class", "multilabel", "ordinal", "count", "proportion", "value", "survival", "text"})
"""Kinds that are one answer for all the samples a label speaks of."""

LeftOut = Mapping[str, Mapping[str, str]]
"""Case -> target -> why it is not answered."""


def left_out(study: Study, cases: Sequence[Case]) -> LeftOut:
    """Return what cannot be answered, by case; a patient's rows are answered together, so one that tells nothing counts for all.

    StudyError when no learned target can be answered for any case, and none is scored beside them.
    """
    found: dict[str, dict[str, str]] = {case.key: {} for case in cases}
    for target in study.targets:
        silent = [case for case in cases if target.type in OF_THE_WHOLE and not _tells(case, target)]
        patients = {case.patient for case in silent} if target.per == "patient" else set[str]()
        keys = {case.key for case in silent}
        for case in cases:
            if case.key in keys or case.patient in patients:
                found[case.key][target.name] = _why(target)
    asked = [target for target in study.targets if target.use == "learn" or target.type not in OF_THE_WHOLE or _everywhere(target)]
    if cases and asked and all(target.name in why for target in asked for why in found.values()):
        first = next(iter(found[cases[0].key].values()))
        columns = ", ".join(dict.fromkeys([*study.inputs.values(), *(_column(t) for t in asked)]))
        raise StudyError(f"{first} Give a table instead of a bare image: a cases.csv with the columns {columns}.")
    return found


def without(predictions: Iterable[Prediction], left: LeftOut) -> Iterator[Prediction]:
    """Yield predictions without the answers that are left out."""
    for prediction in predictions:
        kept = {name: answer for name, answer in prediction.answers.items() if name not in left[prediction.case]}
        yield prediction if len(kept) == len(prediction.answers) else dataclasses.replace(prediction, answers=kept)


def notices(left: LeftOut) -> list[str]:
    """Return a line for each reason, with the number of cases it holds for."""
    reasons = [why for of_case in left.values() for why in of_case.values()]
    return [f"left out in {reasons.count(why)} of {len(left)} cases: {why}" for why in dict.fromkeys(reasons)]


def _tells(case: Case, target: Target) -> bool:
    if target.region is not None:
        return target.region in case.regions
    return _everywhere(target) or _column(target) in case.covariates


def _everywhere(target: Target) -> bool:
    return target.scope == "exam"


def _column(target: Target) -> str:
    return target.scope.partition(":")[2]


def _why(target: Target) -> str:
    what = f"a mask of the region in column {_column(target)}" if target.region else f"a slice in column {_column(target)}"
    return f"{target.name}: expected {what}, which its label speaks of, got none."
