"""Operate: the threshold of every target that is acted on, chosen on the tuning cases and kept with the model.

In:   predictions.jsonl, the model's and each baseline's, and the truths of the tuning part; the study's `operate:` and `refuse:`.
Out:  thresholds.json: threshold, rule, on how many cases and patients it was chosen, what it reached there; one line for the model
      and one for each baseline, so that they are compared at the same stated sensitivity. Where the model refused the tuning cases
      that were needed there is no threshold, and the line says why: a training is not thrown away for it.
Not:  no look at the test part; no judgment of the threshold (decided.py, on other cases).
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from isocenter.core.errors import RunError, StudyError
from isocenter.core.operate import Operate, Refuse, Rule
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.io.table import TableCases
from isocenter.metrics.operating_point import choose_threshold
from isocenter.stages.decide import refusal_of, refused_word, score_of, truth_of
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import read_split
from isocenter.stages.train import baselines_of
from isocenter.stages.unlike import REFUSAL, check_line, choose_line, read_line

THRESHOLDS = "thresholds.json"
MODEL, BASELINE = "model", "baseline:"


class Threshold(Record):
    """From which score on a target is called positive, and where that number comes from."""

    target: str
    positive: tuple[str, ...]
    rule: Rule
    stated: float
    """The sensitivity, specificity or threshold asked for; NaN for Youden's."""
    threshold: float
    """NaN where none could be chosen: then no decision is possible."""
    sensitivity: float
    """Reached on the tuning cases, which flatter it; NaN without positives there."""
    specificity: float
    positives: int
    """Tuning cases decided on, with it."""
    negatives: int
    patients: int
    """Of these cases."""
    refused: int
    """Labeled tuning cases no decision was made on: they had no part in the choice."""
    who: str = MODEL
    """Whose scores it is for: the model's, or baseline:NAME's."""
    impossible: str = ""
    """Why there is no threshold, with what to do; "" where there is one."""


def operated(study: Study) -> list[tuple[Target, Operate]]:
    """Return the targets that are acted on, with how."""
    return [(t, t.operate) for t in study.targets if t.operate is not None]


def operate(run: RunFolder) -> dict[str, Threshold]:
    """Choose the threshold of each operated target of a run that has answered, and return the model's by target.

    Writes thresholds.json, and refusal.json where cases unlike those learned from are refused. Where the model left no cases of
    both kinds to choose on, its threshold is NaN and says why (`impossible`); a baseline that did is left out. StudyError where the
    labeled tuning cases themselves are of one kind.
    """
    study, cases = open_run(run)
    if not operated(study) and (study.refuse is None or study.refuse.unlike is None):
        for name in (THRESHOLDS, REFUSAL):
            (run.path / name).unlink(missing_ok=True)
        return {}
    if run.fresh("operate"):
        return read_thresholds(run, study)
    choose_line(run, study, cases)  # first: what it refuses has no part in the choice of thresholds
    chosen = [_choose(run, study, cases, target, how, MODEL) for target, how in operated(study)]
    for name in baselines_of(study):
        for target, how in operated(study):
            made = None if how.rule == "fixed" else _choose(run, study, cases, target, how, f"{BASELINE}{name}")
            chosen += [made] if made is not None else []
    run.write_json(THRESHOLDS, [dataclasses.asdict(c) for c in chosen if c is not None])
    run.stamps.stamp("operate")
    return {c.target: c for c in chosen if c is not None and c.who == MODEL}


def thresholds_by_who(run: RunFolder, study: Study) -> dict[str, dict[str, Threshold]]:
    """Return a run's thresholds by whose they are, the model first, and by target; {} where nothing is operated."""
    if not operated(study):
        return {}
    found: dict[str, dict[str, Threshold]] = {MODEL: read_thresholds(run, study)}
    for held in _read(run):
        found.setdefault(held.who, {}).setdefault(held.target, held)
    return found


def answered_by(run: RunFolder, who: str) -> RunFolder:
    """Return the folder whose predictions.jsonl holds the answers of the model, or of a baseline."""
    return run if who == MODEL else run.inner("baseline", who.removeprefix(BASELINE))


def _read(run: RunFolder) -> list[Threshold]:
    return TypeAdapter(list[Threshold]).validate_python(run.read_json(THRESHOLDS, stage="evaluate"))


def read_thresholds(run: RunFolder, study: Study) -> dict[str, Threshold]:
    """Return the model's thresholds by target; {} where nothing is operated. RunError when the study asks for others by now."""
    if not operated(study):
        return {}
    found = {t.target: t for t in _read(run) if t.who == MODEL}
    for target, how in operated(study):
        mine = found.get(target.name)
        same = mine is not None and (mine.positive, mine.rule) == (how.positive, how.rule)
        if mine is None or not same or not np.isclose(mine.stated, how.stated, equal_nan=True):
            raise RunError(
                f"expected a threshold for {target.name} chosen as the study says, got another. Run: isocenter evaluate {run.path}"
            )
    return found


def check_tuning(run: RunFolder) -> None:
    """Refuse a study whose threshold could not be chosen, before anything is trained for it. StudyError."""
    study = run.read(Study)
    check_line(run, study)
    chosen = [(target, how) for target, how in operated(study) if how.rule != "fixed"]
    if not chosen:
        return
    _, cases = open_run(run)
    keys = Skips(run).without(read_split(run).keys("tune"))
    for target, how in chosen:
        truths = [truth_of(cases[key].labels.get(target.name), target, how, study.refuse) for key in keys]
        _check_both(target, truths.count(1.0), truths.count(0.0))


def _choose(run: RunFolder, study: Study, cases: TableCases, target: Target, how: Operate, who: str) -> Threshold | None:
    """Choose one threshold on the cases the model decides on; None for a baseline whose scores allow no choice."""
    keys = set(Skips(run).without(read_split(run).keys("tune")))
    line = read_line(run, study)
    beyond = line.line if line is not None else None
    refusals = {
        p.case: refused_word(p, study.refuse, beyond) if refusal_of(p, study.refuse, beyond) else ""
        for p in run.predictions()
        if p.case in keys
    }
    scores, truths, people, labeled = [], [], [], Counter[float]()
    refused, unscored = Counter[str](), 0
    for prediction in answered_by(run, who).predictions():
        if prediction.case not in keys:
            continue
        case = cases[prediction.case]
        truth = truth_of(case.labels.get(target.name), target, how, study.refuse)
        given = score_of(prediction.answers.get(target.name), target, how)
        if math.isnan(truth):
            continue
        labeled[truth] += 1
        if refusals.get(prediction.case):
            refused[refusals[prediction.case]] += 1
        elif math.isnan(given):
            unscored += 1
        else:
            scores.append(given)
            truths.append(truth)
            people.append(case.patient)
    score, positive = np.array(scores, float), np.array(truths, float) >= 0.5
    one_kind = bool(positive.all() or not positive.any())
    if who != MODEL and one_kind:
        return None
    impossible = ""
    if one_kind and how.rule != "fixed":
        _check_both(target, labeled[1.0], labeled[0.0])  # by the study's fault it ends here, by the model's it is told
        impossible = _why_not(positive, refused, unscored, study.refuse)
    threshold = math.nan if impossible else _line(how, score, positive)
    called = score >= threshold
    decided = not impossible
    return Threshold(
        target=target.name,
        positive=how.positive,
        rule=how.rule,
        stated=how.stated,
        threshold=threshold,
        sensitivity=float(called[positive].mean()) if decided and positive.any() else math.nan,
        specificity=float((~called[~positive]).mean()) if decided and (~positive).any() else math.nan,
        positives=int(positive.sum()),
        negatives=int((~positive).sum()),
        patients=len(set(people)),
        refused=refused.total(),
        who=who,
        impossible=impossible,
    )


def _line(how: Operate, score: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Return the threshold itself: the one stated, or the one the rule finds on these cases of both kinds."""
    if how.rule == "fixed":
        return how.stated
    return choose_threshold(score, positive, rule=how.rule, stated=how.stated).threshold


def _why_not(positive: NDArray[np.bool_], refused: Mapping[str, int], unscored: int, refuse: Refuse | None) -> str:
    """Return why no threshold can be chosen on the cases decided on, and what to do.

    positive : (N,) truths of the cases decided on, all of one kind or none
    refused  : labeled tuning cases refused, by the word that stands in the decision's place
    unscored : labeled tuning cases neither refused nor given a score
    """
    cases = len(positive) + sum(refused.values()) + unscored
    lost = [f"{count} of {cases} tuning cases were refused ({_named(word, refuse)})" for word, count in refused.items()]
    lost += [f"{unscored} of {cases} have no score"] if unscored else []
    first = f"Look at what refuses them: train longer, refuse fewer ({', '.join(refused)})" if refused else "Train longer"
    do = f"{first}, give more patients to tune on, as `split: {{tune: 0.3}}`, or fix it: `operate: {{threshold: 0.5}}`."
    return (
        f"expected positive and negative tuning cases that are decided on, got {int(positive.sum())} and {int((~positive).sum())}: "
        f"{', '.join(lost)}. {do}"
    )


def _named(word: str, refuse: Refuse | None) -> str:
    """Return a word of refusal with the probability that makes it, where one does."""
    return f"{word} > {refuse.above:g}" if refuse is not None and refuse.class_ == word else word


def _check_both(target: Target, positives: int, negatives: int) -> None:
    if not positives or not negatives:
        raise StudyError(
            f"target {target.name}: expected positive and negative tuning cases to choose a threshold on, got {positives} and "
            f"{negatives}. Give more patients to tune on, as `split: {{tune: 0.3}}`, or fix it: `operate: {{threshold: 0.5}}`."
        )
