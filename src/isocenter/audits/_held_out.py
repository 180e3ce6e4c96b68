"""The answers of a run to cases it did not learn from, beside their labels. The test part stays closed.

In:   a run that has predicted.
Out:  one row a case: its labels, the answers of the model and of what stands beside it; which part they are of.
Not:  no judgment.
"""

from collections.abc import Mapping

from isocenter.audits.audit import NotForThisRun
from isocenter.core.case import Cases
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split
from isocenter.stages.train import baselines_of


class HeldOut(Record):
    """What a run said of cases it did not learn from."""

    study: Study
    cases: Cases
    part: str
    """"folds" (every case) or "tune"."""
    answers: Mapping[str, Mapping[str, Prediction]]
    """By who ("model", "baseline:<name>"), then by case."""

    def answer(self, who: str, key: str, target: Target) -> Value | None:
        """Return one answer; None when it was refused or not given."""
        prediction = self.answers[who].get(key)
        return None if prediction is None else prediction.answers.get(target.name)


def held_out(run: RunFolder) -> HeldOut:
    """Collect the answers. NotForThisRun when nothing was held out for tuning or by folds."""
    study, cases = open_run(run)
    made = read_split(run)
    folds = made.folds()
    places = (
        [(run.inner("fold", fold), read_split(run.inner("fold", fold)).keys("test")) for fold in folds]
        if folds
        else [(run, made.keys("tune"))]
    )
    answers: dict[str, dict[str, Prediction]] = {}
    for place, keys in places:
        inside = set(keys)
        beside = {f"baseline:{name}": place.inner("baseline", name) for name in baselines_of(study)}
        for who, folder in {"model": place, **beside}.items():
            answers.setdefault(who, {}).update({p.case: p for p in folder.predictions() if p.case in inside})
    if not answers.get("model"):
        raise NotForThisRun(
            f"expected answers to cases the model did not learn from, got none in {run.path}. Give the study `split: {{folds: 5}}` "
            "and run it again."
        )
    answered = cases.select([key for key in cases.keys if key in answers["model"]])
    return HeldOut(study=study, cases=answered, part="folds" if folds else "tune", answers=answers)
