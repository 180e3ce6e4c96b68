"""Decided: what the decisions were and whether they were right; those refused are counted apart.

In:   predictions and truths of the measured part, thresholds chosen before on tuning cases.
Out:  decisions.csv, one row a case, target and who decides; Estimates named `decision_…` and `refused_share`; Comparisons of the
      model's decisions with each baseline's, either at its own threshold.
Not:  no choice (operate.py). On the cases a threshold was chosen on nothing is estimated: it would flatter.
"""

import csv
import dataclasses
import io
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.comparison import Comparison
from isocenter.core.estimate import Estimate
from isocenter.core.operate import Operate
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.io.table import TableCases
from isocenter.metrics.estimates.mean import noted
from isocenter.metrics.estimates.patient_bootstrap import patient_bootstrap
from isocenter.metrics.net_benefit import decision_curve, net_benefit
from isocenter.metrics.operating_point import estimate_share, judge_threshold
from isocenter.metrics.tests_of_difference.permutation import compare_means
from isocenter.stages.decide import refusal_of, refused_word, score_of, truth_of, word_of
from isocenter.stages.operate import MODEL, Threshold, answered_by, operated, thresholds_by_who
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.unlike import read_line

DECISIONS = "decisions.csv"
COLUMNS = ("case", "patient", "part", "fold", "who", "target", "truth", "score", "threshold", "decision", "refused")


class Decided(Record):
    """One case and target."""

    case: str
    patient: str
    covariates: Mapping[str, object]
    fold: str
    who: str
    target: str
    truth: float
    """1 positive, 0 negative; NaN where it was not assessed."""
    score: float
    threshold: float
    """NaN where none could be chosen."""
    decision: str
    refused: str
    """Why no decision was made; "" where one was."""


def decide_all(place: RunFolder, study: Study, cases: TableCases, keys: Sequence[str], *, fold: str) -> list[Decided]:
    """Decide on some cases of a run, or a fold's run, by its own thresholds; baselines decide on those the model decides on."""
    wanted = set(keys)
    rows: list[Decided] = []
    refusals: dict[str, tuple[str, str]] = {}
    chosen = read_line(place, study)
    line = chosen.line if chosen is not None else None
    for who, thresholds in thresholds_by_who(place, study).items():
        for prediction in answered_by(place, who).predictions():
            if prediction.case in wanted:
                if who == MODEL:
                    reason = refusal_of(prediction, study.refuse, line)
                    refusals[prediction.case] = reason, refused_word(prediction, study.refuse, line)
                refusal = refusals.get(prediction.case, ("", ""))
                rows += _decide(prediction, study, cases[prediction.case], thresholds, refusal, fold=fold, who=who)
    return rows


def _decide(
    prediction: Prediction,
    study: Study,
    case: Case,
    thresholds: Mapping[str, Threshold],
    refusal: tuple[str, str],
    *,
    fold: str,
    who: str,
) -> Iterator[Decided]:
    """Yield a row a target. refusal : the reason, and the word that stands in the decision's place."""
    for target, how in operated(study):
        if target.name not in thresholds:
            continue
        line, score = thresholds[target.name].threshold, score_of(prediction.answers.get(target.name), target, how)
        yield Decided(
            case=case.key,
            patient=case.patient,
            covariates=case.covariates,
            fold=fold,
            who=who,
            target=target.name,
            truth=truth_of(case.labels.get(target.name), target, how, study.refuse),
            score=score,
            threshold=line,
            decision=refusal[1] if refusal[0] else word_of(score, line, target, how),
            refused=refusal[0],
        )


def estimate_decisions(rows: Sequence[Decided], study: Study, *, part: str) -> list[Estimate]:
    """Return what the decisions on a part are worth: the model's and each baseline's, of all cases and of each group asked for."""
    return [
        dataclasses.replace(estimate, group=group)
        for target, how in operated(study)
        for who in dict.fromkeys(r.who for r in rows)
        for group, inside in _grouped([r for r in rows if r.target == target.name and r.who == who], study.groups)
        for estimate in _estimate(inside, target, how, part=part, who=who, seed=study.seed)
    ]


def compare_decisions(rows: Sequence[Decided], study: Study, *, part: str) -> list[Comparison]:
    """Return how the model's sensitivity and specificity differ from each baseline's, on the cases both decide on."""
    found: list[Comparison] = []
    for target, how in operated(study):
        mine = [r for r in rows if r.target == target.name and not r.refused and not math.isnan(r.score - r.threshold)]
        if part in ("tune", "learn") and how.rule != "fixed":
            continue
        of_model = {r.case: r for r in mine if r.who == MODEL}
        for who in dict.fromkeys(r.who for r in mine if r.who != MODEL):
            pairs = [(of_model[r.case], r) for r in mine if r.who == who and r.case in of_model]
            for name, truth in (("sensitivity", 1.0), ("specificity", 0.0)):
                here = [(one, other) for one, other in pairs if one.truth == truth]
                if here:
                    found.append(_compare(here, name=f"decision_{name}", who=who, target=target.name, seed=study.seed))
    return found


def _compare(pairs: Sequence[tuple[Decided, Decided]], *, name: str, who: str, target: str, seed: int) -> Comparison:
    right = np.array([[(r.score >= r.threshold) == (r.truth == 1.0) for r in pair] for pair in pairs], float)  # (N, 2)
    people = [one.patient for one, _ in pairs]
    difference = compare_means(right[:, 0], right[:, 1], people, rng=np.random.default_rng(seed))
    return Comparison(
        name=name,
        first=MODEL,
        second=who,
        effect=difference.effect,
        ci95=difference.interval.ends,
        p=difference.p,
        test=difference.test,
        unit="1",
        patients=difference.patients,
        target=target,
    )


def write_decisions(run: RunFolder, rows: Sequence[Decided], *, part: str) -> None:
    """Write decisions.csv; remove an earlier one where nothing is decided any more."""
    if not rows:
        (run.path / DECISIONS).unlink(missing_ok=True)
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in rows:
        numbers = ["" if math.isnan(v) else f"{v:.7g}" for v in (r.truth, r.score, r.threshold)]
        writer.writerow([r.case, r.patient, part, r.fold, r.who, r.target, *numbers, r.decision, r.refused])
    run.write_text(DECISIONS, text.getvalue())


def _estimate(rows: Sequence[Decided], target: Target, how: Operate, *, part: str, who: str, seed: int) -> list[Estimate]:
    if not rows:
        return []
    refused = [bool(r.refused) for r in rows]
    share = []
    if who == MODEL:  # the others decide on the cases it does
        share = [estimate_share(refused, [r.patient for r in rows], name="refused_share", part=part, target=target.name)]
    known = [r for r in rows if not math.isnan(r.truth)]
    if not known or all(math.isnan(r.threshold) for r in known) or (part in ("tune", "learn") and how.rule != "fixed"):
        return share
    people = np.array([r.patient for r in known])
    positive = np.array([r.truth >= 0.5 for r in known])
    score = np.array([math.nan if r.refused else r.score for r in known], float)
    lines = np.array([r.threshold for r in known], float)
    # Folds have thresholds of their own: what lies above its own is above 0 in all of them.
    judged = judge_threshold(score - lines, positive, people, threshold=0.0, who=who, part=part, target=target.name)
    found = [dataclasses.replace(e, name=f"decision_{e.name}") for e in judged]
    if np.ptp(lines) == 0 and 0 < lines[0] < 1:
        found += [
            dataclasses.replace(e, who=who, part=part, target=target.name)
            for e in _benefit(score, positive, people, threshold=float(lines[0]), seed=seed)
        ]
    return [*found, *share]


def _benefit(
    score: NDArray[np.float64],
    positive: NDArray[np.bool_],
    people: NDArray[np.str_],
    *,
    threshold: float,
    seed: int,
) -> list[Estimate]:
    """Net benefit of the cases decided on, and what it gains over the better of calling all and calling nobody."""
    kept = np.isfinite(score)
    if not kept.any():
        return []
    p, sign, patients = score[kept], positive[kept], people[kept]
    rng = np.random.default_rng(seed)
    curve = decision_curve(p, sign, patients, thresholds=[threshold], rng=rng)[0]
    whole = patient_bootstrap(lambda weights: net_benefit(p, sign, weights, threshold=threshold), patients, rng=rng)
    made = (("net_benefit", curve.model, noted(whole, curve.patients)), ("gain_in_net_benefit", curve.gain, curve.interval))
    return [
        Estimate(
            name=f"decision_{name}",
            value=value,
            unit="1",
            ci95=interval.ends,
            interval=interval.kind,
            patients=curve.patients,
            cases=int(kept.sum()),
            excluded=int((~kept).sum()),
            part="",
        )
        for name, value, interval in made
    ]


def _grouped(rows: Sequence[Decided], groups: Sequence[str]) -> Iterator[tuple[str, list[Decided]]]:
    yield "all", list(rows)
    for name in groups:
        for value in sorted({str(r.covariates[name]) for r in rows if name in r.covariates}):
            yield f"{name}={value}", [r for r in rows if str(r.covariates.get(name)) == value]
