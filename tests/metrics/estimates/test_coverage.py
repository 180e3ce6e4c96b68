"""The intervals cover the truth as often as PROTOCOLS demands: 92 % from 20 patients on, 90 % at 10.

The simulation is seeded. A fast design runs always; `slow` runs the whole of PROTOCOLS. A coverage passes when it is not below the
demand by more than two binomial standard errors; plain BCa does not pass, which the last test shows.
"""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

from isocenter.core.scores import Scores
from isocenter.metrics.estimates.bca import bca_interval
from isocenter.metrics.estimates.cohort import estimate_cohort
from isocenter.metrics.estimates.delong import delong
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.estimates.patient_bootstrap import bootstrap_mean
from isocenter.metrics.estimates.simulated_cohort import SHAPE, TRUE_MEAN, dice_like_cohort
from isocenter.metrics.estimates.wilson import wilson
from isocenter.metrics.registry import per_cohort


def demand(patients):
    return 0.90 if patients < 20 else 0.92


def least(patients, runs):
    """The demand less two standard errors of a share of `runs`."""
    share = demand(patients)
    return share - 2 * math.sqrt(share * (1 - share) / runs)


def coverage(patients, *, most_cases, correlation, runs, draws, seed=0):
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(runs):
        cohort = dice_like_cohort(patients, most_cases=most_cases, correlation=correlation, rng=rng)
        low, high = bootstrap_mean(cohort.values, cohort.patients, rng=rng, draws=draws).ends
        hits += low <= TRUE_MEAN <= high
    return hits / runs


@pytest.mark.parametrize(
    ("patients", "most_cases", "correlation"),
    [(10, 1, 0.0), (10, 8, 0.6), (20, 1, 0.0), (20, 8, 0.6), (50, 8, 0.3), (200, 8, 0.6)],
)
def test_the_bootstrap_over_patients_covers(patients, most_cases, correlation):
    runs = 400 if patients < 200 else 150
    covered = coverage(patients, most_cases=most_cases, correlation=correlation, runs=runs, draws=500)
    assert covered >= least(patients, runs)


@pytest.mark.slow
@pytest.mark.parametrize("patients", [10, 20, 50, 200])
@pytest.mark.parametrize("most_cases", [1, 3, 8])
@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6])
def test_the_bootstrap_over_patients_covers_in_the_whole_design(patients, most_cases, correlation):
    runs = 2000
    covered = coverage(patients, most_cases=most_cases, correlation=correlation, runs=runs, draws=1000)
    assert covered >= least(patients, runs)


def test_ignoring_patients_would_not_cover():
    """The same cohorts with cases taken for patients: far too sure. A test that could not tell would be no test."""
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        cohort = dice_like_cohort(20, most_cases=8, correlation=0.6, rng=rng)
        low, high = bootstrap_mean(cohort.values, np.arange(cohort.values.size), rng=rng, draws=300).ends
        hits += low <= TRUE_MEAN <= high
    assert hits / 200 < 0.85


def test_plain_bca_would_not_cover_at_ten_patients():
    rng = np.random.default_rng(0)
    hits, runs = 0, 600
    for _ in range(runs):
        values = dice_like_cohort(10, most_cases=1, correlation=0.0, rng=rng).values
        drawn = rng.choice(values, (500, 10)).mean(axis=1)
        interval = bca_interval(values.mean(), drawn, (values.sum() - values) / 9, effective=1e12)
        hits += interval.low <= TRUE_MEAN <= interval.high
    assert hits / runs < 0.90


@pytest.mark.parametrize("trials", [10, 20, 50])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_wilson_covers_exactly_computed(trials, share):
    """No simulation: the binomial probabilities of the outcomes whose interval holds the truth."""
    outcomes = np.arange(trials + 1)
    held = [wilson(int(k), trials).low <= share <= wilson(int(k), trials).high for k in outcomes]
    assert stats.binom.pmf(outcomes, trials, share)[held].sum() >= 0.90


@pytest.mark.parametrize(("positives", "negatives"), [(5, 15), (10, 10), (25, 25), (20, 180)])
@pytest.mark.parametrize("auc", [0.7, 0.9, 0.97])
def test_delong_covers(positives, negatives, auc):
    """Two normal distributions; the true AUC is Phi(shift / sqrt(2))."""
    rng = np.random.default_rng(1)
    positive = np.arange(positives + negatives) < positives
    shift = math.sqrt(2) * ndtri(auc)
    assert ndtr(shift / math.sqrt(2)) == pytest.approx(auc)
    runs = 600
    hits = 0
    for _ in range(runs):
        interval = delong(rng.standard_normal(positive.size) + shift * positive, positive)
        hits += interval.low <= auc <= interval.high
    assert hits / runs >= least(positives + negatives, runs)


def test_the_simulated_margins_are_what_they_are_said_to_be():
    rng = np.random.default_rng(0)
    cohort = dice_like_cohort(20_000, most_cases=2, correlation=0.6, rng=rng)
    assert cohort.values.mean() == pytest.approx(TRUE_MEAN, abs=0.003)
    assert stats.skew(cohort.values) == pytest.approx(float(stats.beta.stats(*SHAPE, moments="s")), abs=0.1)
    both = cohort.patients[1:] == cohort.patients[:-1]
    assert np.corrcoef(cohort.values[1:][both], cohort.values[:-1][both])[0, 1] == pytest.approx(0.56, abs=0.05)


@pytest.mark.parametrize("clustered", [False, True])
def test_a_share_near_one_covers(clustered):
    """Correct in 95 %: the hard case, where all cases of a small cohort may agree."""
    rng = np.random.default_rng(2)
    runs, hits = 300, 0
    patients = np.repeat(np.arange(25), 3 if clustered else 1)
    for _ in range(runs):
        shared = rng.standard_normal(25)[patients] * math.sqrt(0.3)
        correct = shared + rng.standard_normal(patients.size) * math.sqrt(0.7) < ndtri(0.95)
        estimate = estimate_mean(correct, patients, name="correct", unit="1", rng=rng, draws=500)
        hits += estimate.ci95[0] <= 0.95 <= estimate.ci95[1]
    assert hits / runs >= least(25, runs)


@pytest.mark.parametrize("right", [0.6, 0.7, 0.8, 0.9])
def test_f1_of_one_from_few_patients_among_many_seldom_misses_the_truth(right):
    """200 patients of whom about 10 count, each with 1 to 3 cases that are right or wrong together; missed whenever F1 is 1."""
    rng = np.random.default_rng(5)
    truth, missed, ones, cohorts = 2 * right / (1 + right), 0, 0, 200
    yes, no = (Scores(p=np.array(p, float), names=("no", "yes")) for p in ((0, 1), (1, 0)))
    for _ in range(cohorts):
        counts = rng.random(200) < 0.05
        good = rng.random(200) < right
        if not counts.any() or not good[counts].all():
            continue  # F1 below 1: the bootstrap's business
        owner = np.repeat(np.arange(200), rng.integers(1, 4, 200))
        values = [yes if counts[i] else no for i in owner]
        found = estimate_cohort(per_cohort().get("f1"), values, list(values), owner, rng=rng, draws=150)
        ones += 1
        missed += not found.ci95[0] <= truth <= found.ci95[1]
    assert ones > 0
    assert missed / cohorts <= 0.05
