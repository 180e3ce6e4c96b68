"""The interval that PROTOCOLS asks for, by patients and kind of value."""

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from isocenter.core.errors import StudyError
from isocenter.metrics.estimates.clopper_pearson import clopper_pearson
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.estimates.wilson import wilson


def estimate(values, patients=None, seed=0):
    people = range(len(values)) if patients is None else patients
    return estimate_mean(values, list(people), name="dice", unit="1", rng=np.random.default_rng(seed))


@pytest.mark.parametrize("trials", [10, 29, 263, 1483])
@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 1.0])
def test_wilson_and_clopper_pearson_equal_statsmodels(trials, share):
    successes = round(share * trials)
    assert wilson(successes, trials).ends == pytest.approx(proportion_confint(successes, trials, method="wilson"), abs=1e-12)
    assert clopper_pearson(successes, trials).ends == pytest.approx(proportion_confint(successes, trials, method="beta"), abs=1e-12)


def test_wilson_gives_newcombes_worked_examples():
    """Newcombe, Stat Med 1998; 17:857, table I, method 3."""
    assert wilson(81, 263).ends == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148).ends == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20).ends == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29).ends == pytest.approx((0.0061, 0.1718), abs=5e-5)


@pytest.mark.parametrize("function", [wilson, clopper_pearson])
def test_none_and_all_never_have_zero_width(function):
    assert function(0, 12).high > 0.1
    assert function(12, 12).low < 0.9
    assert np.isnan(function(0, 0).ends).all()


def test_one_case_a_patient_and_yes_or_no_is_wilsons():
    result = estimate([1] * 25 + [0] * 5)
    assert result.interval == "Wilson"
    assert result.ci95 == wilson(25, 30).ends


def test_several_cases_a_patient_are_bootstrapped_over_patients(rng):
    result = estimate((rng.random(60) < 0.7).astype(float), patients=np.arange(60) // 2)
    assert "over patients" in result.interval
    assert (result.patients, result.cases) == (30, 60)


def test_nine_patients_support_no_interval_ten_do_with_a_note_and_twenty_without(rng):
    values = rng.beta(6, 1, 20)
    nine, ten, twenty = estimate(values[:9]), estimate(values[:10]), estimate(values)
    assert np.isnan(nine.ci95).all()
    assert nine.value == pytest.approx(values[:9].mean())
    assert "9 patients" in nine.interval
    assert np.isfinite(ten.ci95).all()
    assert ten.interval.endswith("small n")
    assert "small n" not in twenty.interval


def test_many_cases_do_not_make_up_for_few_patients(rng):
    assert np.isnan(estimate(rng.random(900), patients=np.arange(900) % 9).ci95).all()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_agreement_of_every_case_still_has_width(value):
    result = estimate([value] * 60, patients=np.arange(60) // 3)
    assert result.ci95 == wilson(20 * value, 20).ends
    assert result.ci95[1] - result.ci95[0] > 0.1


def test_equal_values_that_are_no_share_have_no_interval():
    assert np.isnan(estimate([3.7] * 30).ci95).all()


def test_what_could_not_be_measured_is_counted_and_left_out():
    result = estimate([0.5, math.nan, 0.7, math.nan], patients=["a", "b", "c", "c"])
    assert result.value == pytest.approx(0.6)
    assert (result.patients, result.cases, result.excluded) == (2, 2, 2)


def test_no_cases_are_nan_not_zero():
    result = estimate([])
    assert math.isnan(result.value)
    assert np.isnan(result.ci95).all()


def test_the_value_lies_in_its_interval(rng):
    for seed in range(20):
        result = estimate(rng.beta(8, 1, 30), seed=seed)
        assert result.ci95[0] < result.value < result.ci95[1]


def test_as_many_patients_as_values_are_needed():
    with pytest.raises(StudyError, match="one patient a value"):
        estimate([1.0, 2.0], patients=["a"])
