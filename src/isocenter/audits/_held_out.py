"""The answers of a run to cases it did not learn from, beside their labels. The test part stays closed.

In:   a run that has predicted.
Out:  one row a case: its labels, the answers of the model and of what stands beside it; which part they are of.
Not:  no judgment.
"""

from collections.abc import Mapping, Sequence

from isocenter.audits.audit import NotForThisRun
from isocenter.core.case import Cases
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
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


class Place(Record):
    """A run folder with one model, and the cases that model did not learn from."""

    run: RunFolder
    keys: Sequence[str]
    fold: str = ""


def places_of(run: RunFolder) -> list[Place]:
    """Return each fold's run with its cases, or the run with its tuning part; cases that could not be read are left out."""
    made = read_split(run)
    folds = {fold: run.inner("fold", fold) for fold in made.folds()}
    if not folds:
        return [Place(run=run, keys=Skips(run).without(made.keys("tune")))]
    return [Place(run=at, keys=Skips(at).without(read_split(at).keys("test")), fold=fold) for fold, at in folds.items()]


def held_out(run: RunFolder) -> HeldOut:
    """Collect the answers. NotForThisRun when nothing was held out for tuning or by folds."""
    study, cases = open_run(run)
    places = places_of(run)
    answers: dict[str, dict[str, Prediction]] = {}
    for place in places:
        inside = set(place.keys)
        beside = {f"baseline:{name}": place.run.inner("baseline", name) for name in baselines_of(study)}
        for who, folder in {"model": place.run, **beside}.items():
            answers.setdefault(who, {}).update({p.case: p for p in folder.predictions() if p.case in inside})
    if not answers.get("model"):
        raise NotForThisRun(
            f"expected answers to cases the model did not learn from, got none in {run.path}. Give the study `split: {{folds: 5}}` "
            "and run it again."
        )
    answered = cases.select([key for key in cases.keys if key in answers["model"]])
    return HeldOut(study=study, cases=answered, part=part_of(places), answers=answers)


def part_of(places: Sequence[Place]) -> str:
    """Return what the cases of some places are called in an estimate."""
    return "folds" if places[0].fold else "tune"
