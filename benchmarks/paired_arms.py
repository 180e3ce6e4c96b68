"""Arms beside the first of them, on the same test cases: their number, and the difference, paired case by case.

In:   scores or Dice of the test cases, by arm and seed.
Out:  rows: value and difference with 95 % intervals over patients, each seed's number beside.
Not:  nothing is trained here. Seeds are averaged within each resample of patients; two or three of them carry no interval of their
      own, so their numbers are listed instead.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.scores import Scores
from isocenter.metrics.estimates.patient_bootstrap import Statistic, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.ranking import weighted_auc
from isocenter.metrics.tests_of_difference.paired_bootstrap import bootstrap_difference
from isocenter.metrics.tests_of_difference.permutation import compare_means
from isocenter.stages.run_folder import RunFolder

Array = NDArray[np.float64]
ByArm = Mapping[str, Mapping[int, Array]]
"""Arm -> seed -> one number a test case."""


def scores_of(made: RunFolder, target: str, positive: str, keys: Sequence[str]) -> Array:
    """Return the probability of a class that a run answered for each case (N,)."""
    answered = {p.case: p.answers[target] for p in made.predictions()}
    out = np.empty(len(keys))
    for i, key in enumerate(keys):
        answer = answered[key]
        if not isinstance(answer, Scores):
            raise TypeError(f"expected scores of {target} for {key}, got {type(answer).__name__}")
        out[i] = answer.p[answer.names.index(positive)]
    return out


def auc_rows(arms: ByArm, truth: NDArray[np.bool_], patients: Sequence[str]) -> list[dict[str, str]]:
    """Return a row an arm: AUC averaged over seeds, and its difference from the first arm's, by one bootstrap over patients.

    truth    : (N,) bool
    patients : (N,)
    """
    codes = patient_codes(patients)
    rows, first = [], next(iter(arms))
    for arm, seeds in arms.items():
        value = averaged(seeds, truth)
        interval = patient_bootstrap(value, codes, rng=np.random.default_rng(0))
        row = described(
            arm, point(value, len(codes)), interval.ends, {s: point(averaged({s: v}, truth), len(codes)) for s, v in seeds.items()}
        )
        if arm != first:
            row |= difference(value, averaged(arms[first], truth), codes)
        rows.append(row)
    return rows


def dice_rows(arms: ByArm, patients: Sequence[str]) -> list[dict[str, str]]:
    """Return a row an arm: mean Dice, and its difference from the first arm's by sign flips; seeds are averaged case by case."""
    codes = patient_codes(patients)
    rows, first = [], next(iter(arms))
    for arm, seeds in arms.items():
        mine = np.mean(list(seeds.values()), axis=0)
        interval = patient_bootstrap(lambda w, mine=mine: w @ mine / w.sum(axis=1), codes, rng=np.random.default_rng(0))
        row = described(arm, float(mine.mean()), interval.ends, {s: float(v.mean()) for s, v in seeds.items()})
        if arm != first:
            other = np.mean(list(arms[first].values()), axis=0)
            found = compare_means(mine, other, list(patients), rng=np.random.default_rng(0))
            row |= {"difference": shown(found.effect), "difference_low": shown(found.interval.low)}
            row |= {"difference_high": shown(found.interval.high), "p": f"{found.p:.2g}", "test": found.test}
        rows.append(row)
    return rows


def averaged(seeds: Mapping[int, Array], truth: NDArray[np.bool_]) -> Statistic:
    """Return the AUC averaged over seeds, as a function of weights (B, N)."""

    def value(weights: Array) -> NDArray[np.floating]:
        return np.mean([weighted_auc(scores, truth, weights) for scores in seeds.values()], axis=0)

    return value


def difference(mine: Statistic, other: Statistic, codes: NDArray[np.intp]) -> dict[str, str]:
    """Return the cells of a difference of two statistics on the same resamples."""
    found = bootstrap_difference(lambda w: mine(w) - other(w), codes, rng=np.random.default_rng(0))
    row = {"difference": shown(found.effect), "difference_low": shown(found.interval.low)}
    return row | {"difference_high": shown(found.interval.high), "p": f"{found.p:.2g}", "test": found.test}


def described(arm: str, value: float, ends: tuple[float, float], by_seed: Mapping[int, float]) -> dict[str, str]:
    """Return the cells of one arm's own number."""
    row = {"arm": arm, "value": shown(value), "low": shown(ends[0]), "high": shown(ends[1])}
    return row | {"seeds": str(len(by_seed)), "by_seed": " ".join(shown(v) for v in by_seed.values())}


def point(statistic: Statistic, cases: int) -> float:
    """Return a statistic of all cases."""
    return float(statistic(np.ones((1, cases)))[0])


def shown(value: float) -> str:
    """Three digits; empty for NaN."""
    return "" if math.isnan(value) else f"{value:.3f}"
