"""The bootstrap draws whole patients, repeats exactly, and agrees with scipy where scipy can do the same."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from isocenter.metrics.estimates.bca import bca_interval, effective_patients, expanded_tail
from isocenter.metrics.estimates.patient_bootstrap import bootstrap_mean, patient_bootstrap
from isocenter.metrics.estimates.resampling import jackknife_weights, patient_codes, resampled_weights


def weighted_mean(values):
    return lambda weights: weights @ values / weights.sum(axis=1)


def test_cases_of_one_patient_are_drawn_together(rng):
    codes = patient_codes(["b", "a", "b", "c"])
    weights = np.concatenate(list(resampled_weights(codes, 500, rng)))
    np.testing.assert_array_equal(weights[:, 0], weights[:, 2])
    patients_drawn = weights[:, 1] + weights[:, 2] + weights[:, 3]
    np.testing.assert_array_equal(patients_drawn, 3)


def test_leaving_out_a_patient_leaves_out_all_its_cases():
    weights = np.concatenate(list(jackknife_weights(patient_codes(["b", "a", "b"]))))
    np.testing.assert_array_equal(weights, [[1, 0, 1], [0, 1, 0]])


def test_blocks_change_nothing(monkeypatch):
    codes = np.arange(6)
    whole = np.concatenate(list(resampled_weights(codes, 50, np.random.default_rng(1))))
    monkeypatch.setattr("isocenter.metrics.estimates.resampling._CHUNK_NUMBERS", 40)
    parts = np.concatenate(list(resampled_weights(codes, 50, np.random.default_rng(1))))
    np.testing.assert_array_equal(whole, parts)


def test_plain_bca_equals_scipys(rng):
    """With one case a patient and the plain normal quantile, our BCa is Efron's; scipy.stats.bootstrap is independent code."""
    sample = rng.beta(6, 1.2, 40)
    theirs = stats.bootstrap((sample,), np.mean, n_resamples=40_000, method="BCa", rng=np.random.default_rng(5))
    ours_draws = rng.choice(sample, (40_000, 40)).mean(axis=1)
    left_out = (sample.sum() - sample) / 39
    ours = bca_interval(sample.mean(), ours_draws, left_out, effective=1e12)
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.001)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.001)


def test_the_widening_is_students_quantile_times_the_narrowness_factor():
    assert expanded_tail(1e9) == pytest.approx(float(ndtri(0.975)), abs=1e-6)
    assert expanded_tail(10) == pytest.approx(2.262157 * np.sqrt(10 / 9), abs=1e-5)  # t table, 9 degrees of freedom


def test_effective_patients_counts_equal_patients_fully_and_a_dominant_one_little():
    assert effective_patients(np.repeat(np.arange(12), 4)) == pytest.approx(12)
    assert effective_patients(np.array([0] * 97 + [1, 2, 3])) < 1.1


def test_the_quick_mean_equals_the_general_bootstrap(rng):
    patients = rng.integers(0, 25, 80)
    values = rng.beta(5, 2, 80)
    quick = bootstrap_mean(values, patients, rng=np.random.default_rng(3))
    general = patient_bootstrap(weighted_mean(values), patients, rng=np.random.default_rng(3))
    assert quick.ends == pytest.approx(general.ends, abs=1e-12)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another(rng):
    values, patients = rng.beta(5, 2, 60), np.arange(60)
    one, two, three = (bootstrap_mean(values, patients, rng=np.random.default_rng(s)).ends for s in (1, 1, 2))
    assert one == two
    assert one != three


def test_repeating_every_case_within_its_patient_changes_nothing(rng):
    """Eight copies of each case are no new information; an interval that shrinks counts cases as patients."""
    values, patients = rng.beta(5, 2, 30), np.arange(30)
    once = bootstrap_mean(values, patients, rng=np.random.default_rng(1))
    copied = bootstrap_mean(np.repeat(values, 8), np.repeat(patients, 8), rng=np.random.default_rng(1))
    assert copied.ends == pytest.approx(once.ends, abs=1e-12)


def test_without_bias_or_skew_to_measure_it_falls_back_to_percentiles():
    interval = bca_interval(0.0, np.linspace(1, 2, 500), np.array([0.1, 0.2, 0.3]), effective=30)
    assert "percentile" in interval.kind
    assert 1 <= interval.low < interval.high <= 2


def test_draws_that_lack_the_quantity_are_left_out_and_too_few_give_none():
    draws = np.concatenate([np.full(500, np.nan), np.random.default_rng(0).normal(size=500)])
    assert np.isfinite(bca_interval(0.0, draws, np.arange(5.0), effective=30).ends).all()
    assert np.isnan(bca_interval(0.0, np.full(500, np.nan), np.arange(5.0), effective=30).ends).all()


def test_no_cases_give_no_interval(rng):
    assert np.isnan(bootstrap_mean(np.empty(0), [], rng=rng).ends).all()
    assert np.isnan(patient_bootstrap(weighted_mean(np.empty(0)), [], rng=rng).ends).all()
