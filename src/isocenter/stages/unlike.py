"""Unlike: from which distance on a case is too unlike those learned from to be answered, chosen on the tuning cases.

In:   predictions.jsonl of the tuning part, whose model tells how unlike its learning cases each case is; the study's
      `refuse: {unlike: SHARE}`.
Out:  refusal.json: the line, how many patients it rests on, what share of new cases like them lies beyond; then the reason a case
      is refused, the share of a part that was, and every quantity of those that were not (group "refused=no").
Not:  no truth; no distance of its own (methods).

Reference: a conformal test of whether a case is like the tuning cases: Laxhammar & Falkman, Ann Math Artif Intell 2015; 74:67-94.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import TypeAdapter

from isocenter.core.errors import RunError, StudyError
from isocenter.core.estimate import Estimate
from isocenter.core.record import Record
from isocenter.core.study import Study
from isocenter.io.table import TableCases
from isocenter.methods._exam.method import ExamMethod
from isocenter.methods.registry import method_of
from isocenter.metrics.conformal import clustered_quantile
from isocenter.metrics.operating_point import estimate_share
from isocenter.stages.cohort import Measure, estimate_all
from isocenter.stages.decide import unlike_reason
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import read_split

if TYPE_CHECKING:
    from isocenter.stages.evaluate import Row

REFUSAL = "refusal.json"
KEPT = "refused=no"
"""The group of the cases that were not refused."""


class Line(Record):
    """From which distance on a case is refused."""

    stated: float
    """Share of tuning cases asked to lie beyond it."""
    line: float
    expected: float
    """Share of new patients' cases that lie beyond it, if they are like the tuning patients': the stated one, or what so few
    tuning patients can promise."""
    cases: int
    patients: int
    refused: int
    """Tuning cases beyond it, or of another kind."""


def choose_line(run: RunFolder, study: Study, cases: TableCases) -> Line | None:
    """Choose the line on a run's tuning cases and write refusal.json; None, and no file, where the study does not ask.

    StudyError without tuning cases; RunError when the model does not tell how unlike they are.
    """
    asked = study.refuse.unlike if study.refuse is not None else None
    if asked is None:
        (run.path / REFUSAL).unlink(missing_ok=True)
        return None
    keys = set(Skips(run).without(read_split(run).keys("tune")))
    told = [(p.unlike, cases[p.case].patient) for p in run.predictions() if p.case in keys and not p.refused]
    near = [(far, patient) for far, patient in told if math.isfinite(far)]
    if not near:
        raise RunError(
            f"expected a model that tells how unlike its learning cases the {len(told)} tuning cases are, got none. It was trained "
            f"by an earlier version, or on one case: delete {run.path / 'model'} and run the study again."
        )
    distances, people = np.array([far for far, _ in near]), [patient for _, patient in near]
    patients = len(set(people))
    line = clustered_quantile(distances, people, coverage=1.0 - asked)
    chosen = Line(
        stated=asked,
        line=line if math.isfinite(line) else float(distances.max()),
        expected=max(asked, 1.0 / (patients + 1)),
        cases=len(near),
        patients=patients,
        refused=0,
    )
    refused = sum(math.isinf(far) or far > chosen.line for far, _ in told)
    chosen = dataclasses.replace(chosen, refused=refused)
    run.write_json(REFUSAL, dataclasses.asdict(chosen))
    return chosen


def read_line(run: RunFolder, study: Study) -> Line | None:
    """Return a run's line; None where the study asks for none. RunError when it asks for another by now."""
    if study.refuse is None or study.refuse.unlike is None:
        return None
    held = TypeAdapter(Line).validate_python(run.read_json(REFUSAL, stage="evaluate"))
    if not math.isclose(held.stated, study.refuse.unlike):
        raise RunError(
            f"expected the line beyond which {study.refuse.unlike:g} of the tuning cases lie, got that of {held.stated:g}. Run: "
            f"isocenter evaluate {run.path}"
        )
    return held


def check_line(run: RunFolder, study: Study) -> None:
    """Refuse, before anything is trained, a study whose line could not be chosen. StudyError."""
    if study.refuse is None or study.refuse.unlike is None:
        return
    method = method_of(study)
    if not isinstance(method, ExamMethod):
        raise StudyError(
            f"expected a network of whole exams (cnn, mil and their kin) to tell how unlike its learning cases a case is, got the "
            f"method {method.card.name}, which does not. Name another method, or leave `unlike` out of `refuse:`."
        )
    if not Skips(run).without(read_split(run).keys("tune")):
        raise StudyError(
            "expected tuning cases to choose on them which cases are refused, got none. Give the study `split: {tune: 0.2}`."
        )


def refused_by(run: RunFolder, study: Study, keys: Sequence[str]) -> dict[str, str]:
    """Return why cases of a run are refused as unlike those learned from, by case; {} where the study does not ask."""
    line = read_line(run, study)
    wanted = set(keys) if line is not None else set()
    found = {p.case: unlike_reason(p, line.line if line else None) for p in run.predictions() if p.case in wanted}
    return {case: reason for case, reason in found.items() if reason}


def estimate_refusals(
    rows: Sequence["Row"], refused: Mapping[str, str], *, measures: Mapping[str, Measure], study: Study, part: str
) -> list[Estimate]:
    """Return the share of measured cases that were refused, and every quantity of the others; [] where the study does not ask."""
    if study.refuse is None or study.refuse.unlike is None:
        return []
    of_model = {row.key: row for row in rows if row.who == "model"}
    out = [row.key in refused for row in of_model.values()]
    share = estimate_share(out, [row.patient for row in of_model.values()], name="unlike_share", part=part)
    if not any(out) or all(out):
        return [share]
    kept = estimate_all([row for row in rows if row.key not in refused], measures=measures, groups=(), part=part, seed=study.seed)
    return [share, *(dataclasses.replace(e, group=KEPT) for e in kept)]
