"""Obuchowski's interval of an AUC: DeLong's with one case a patient, a leave-one-out variance and a simulation with several."""

import math

import numpy as np
import pytest
from scipy.special import ndtri

from isocenter.metrics.estimates.clustered_auc import clustered_auc, clustered_auc_interval
from isocenter.metrics.estimates.delong import auc_covariance, delong, newcombe
from isocenter.metrics.ranking import auc


def cohort(rng, patients, *, most, correlation, value=0.8):
    """A case is positive or not by itself; its score shares a patient's level, so positives and negatives of one go together."""
    cases = rng.integers(1, most + 1, patients)
    owner = np.repeat(np.arange(patients), cases)
    positive = rng.random(owner.size) < 0.4
    level = math.sqrt(correlation) * rng.standard_normal(patients)[owner]
    noise = math.sqrt(1 - correlation) * rng.standard_normal(owner.size)
    return level + noise + math.sqrt(2) * ndtri(value) * positive, positive, owner


def test_with_one_case_a_patient_it_is_delongs(rng):
    scores, positive, owner = cohort(rng, 80, most=1, correlation=0.0)
    found, theirs = clustered_auc(scores, positive, owner), auc_covariance(scores, positive)
    assert found.auc == pytest.approx(float(theirs.aucs[0]))
    # The cross term of the two parts is zero up to the square of their sums, which are zero.
    assert found.variance == pytest.approx(float(theirs.covariance[0, 0]), rel=1e-9)
    assert clustered_auc_interval(scores, positive, owner).ends == pytest.approx(delong(scores, positive).ends)


def test_the_variance_is_near_that_of_leaving_patients_out(rng):
    scores, positive, owner = cohort(rng, 60, most=6, correlation=0.5)
    left = np.array([auc(scores[owner != p], positive[owner != p]) for p in range(60)])
    jackknife = 59 / 60 * ((left - left.mean()) ** 2).sum()
    assert clustered_auc(scores, positive, owner).variance == pytest.approx(jackknife, rel=0.1)


@pytest.mark.parametrize("correlation", [pytest.param(0.0, marks=pytest.mark.slow), 0.6])
def test_the_variance_is_that_of_simulated_cohorts(correlation):
    """An independent check: the spread of the AUC over 300 cohorts, beside the mean of the variances stated for them."""
    rng = np.random.default_rng(1)
    found = [clustered_auc(*cohort(rng, 40, most=6, correlation=correlation)) for _ in range(300)]
    seen = np.var([f.auc for f in found])
    assert np.mean([f.variance for f in found]) == pytest.approx(seen, rel=0.25)


def covers(patients, value, correlation, runs):
    """Pairs within one patient share their level: the truth is that of pairs from two, nearly all of many patients'."""
    truth = auc(*cohort(np.random.default_rng(9), 20_000, most=8, correlation=correlation, value=value)[:2])
    rng = np.random.default_rng([patients, int(10 * correlation)])
    hits = 0
    for _ in range(runs):
        made = clustered_auc_interval(*cohort(rng, patients, most=8, correlation=correlation, value=value))
        hits += made.low <= truth <= made.high
    demand = 0.90 if patients < 20 else 0.92
    return hits / runs >= demand - 2 * math.sqrt(demand * (1 - demand) / runs)


def test_it_covers():
    assert covers(20, 0.9, 0.6, runs=100)


@pytest.mark.slow
@pytest.mark.parametrize(("patients", "value"), [(10, 0.8), (20, 0.9), (50, 0.8), (200, 0.9)])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_it_covers_in_the_whole_design(patients, value, correlation):
    assert covers(patients, value, correlation, runs=500)


def test_copies_of_the_cases_narrow_nothing(rng):
    scores, positive, owner = cohort(rng, 40, most=1, correlation=0.0)
    once = clustered_auc(scores, positive, owner)
    copied = clustered_auc(*(np.repeat(x, 5) for x in (scores, positive, owner)))
    assert copied.variance == pytest.approx(once.variance)


def test_perfect_ranking_has_the_width_of_the_patients():
    positive = np.arange(40) % 2 == 0
    made = clustered_auc_interval(positive.astype(float), positive, np.arange(40) // 4)
    assert made.ends == newcombe(1.0, 10, 10).ends


def test_one_class_or_one_patient_is_no_interval(rng):
    assert math.isnan(clustered_auc_interval(rng.random(5), np.ones(5, bool), range(5)).low)
    positive = np.array([True, True, False, False, False])
    made = clustered_auc_interval(np.array([0.2, 0.9, 0.3, 0.1, 0.5]), positive, ["a", "a", "b", "c", "d"])
    assert math.isnan(made.low)
    assert made.kind == "none: a class is in one patient alone"
