"""Bias and limits of agreement: by hand, beside the approximate formula, and by how often the intervals hold the truth."""

import math

import numpy as np
import pytest
import statsmodels.formula.api as smf
from pandas import DataFrame
from scipy import stats

from isocenter.core.errors import StudyError
from isocenter.metrics.limits_of_agreement import limits_of_agreement


def repeated(rng, patients, *, most=6, between=2.0, within=1.5, bias=1.0):
    cases = rng.integers(1, most + 1, patients)
    owner = np.repeat(np.arange(patients), cases)
    return bias + rng.normal(0, between, patients)[owner] + rng.normal(0, within, owner.size), owner


def test_five_cases_by_hand():
    """Differences 1 2 3 4 5: bias 3, SD sqrt(2.5), limits 3 -+ 1.96 x 1.5811."""
    found = limits_of_agreement(np.zeros(5), np.arange(1.0, 6.0))
    assert (found.bias, found.deviation) == pytest.approx((3.0, math.sqrt(2.5)))
    assert (found.lower, found.upper) == pytest.approx((3 - 3.09898, 3 + 3.09898), abs=1e-4)
    assert math.isnan(found.upper_interval.low)  # five patients


def test_the_bias_is_scipys_one_sample_t(rng):
    first, second = rng.normal(size=30), rng.normal(0.4, 1, 30)
    found = limits_of_agreement(first, second)
    theirs = stats.ttest_1samp(second - first, 0.0).confidence_interval(0.95)
    assert found.bias_interval.ends == pytest.approx((theirs.low, theirs.high))


def test_for_many_cases_the_exact_limits_are_bland_and_altmans(rng):
    """Bland & Altman 1986: standard error of a limit about sqrt(3 / n) SD; with the exact factor 1 + 1.96^2 / 2 under the root."""
    gap = rng.normal(0, 2, 3000)
    found = limits_of_agreement(np.zeros(3000), gap)
    half = 1.96 * found.deviation * math.sqrt((1 + 1.96**2 / 2) / 3000)
    assert found.upper_interval.ends == pytest.approx((found.upper - half, found.upper + half), abs=0.01)


@pytest.mark.parametrize("n", [10, pytest.param(20, marks=pytest.mark.slow), pytest.param(50, marks=pytest.mark.slow)])
def test_the_exact_intervals_cover_for_few(n):
    rng = np.random.default_rng(n)
    runs = 600
    found = [limits_of_agreement(np.zeros(n), rng.normal(1, 2, n)) for _ in range(runs)]
    for truth, intervals in (
        (1 + 1.959964 * 2, [f.upper_interval for f in found]),
        (1 - 1.959964 * 2, [f.lower_interval for f in found]),
    ):
        share = np.mean([i.low <= truth <= i.high for i in intervals])
        assert share == pytest.approx(0.95, abs=2.5 * math.sqrt(0.05 * 0.95 / runs))


def test_several_cases_a_patient_have_the_variance_of_a_mixed_model(rng):
    gap, owner = repeated(rng, 300)
    found = limits_of_agreement(np.zeros(gap.size), gap, owner)
    frame = DataFrame({"gap": gap, "patient": owner})
    fit = smf.mixedlm("gap ~ 1", frame, groups="patient").fit(reml=True)
    assert found.deviation == pytest.approx(math.sqrt(float(fit.cov_re.iloc[0, 0]) + fit.scale), rel=0.02)
    assert (found.patients, found.cases) == (300, gap.size)


@pytest.mark.parametrize("patients", [pytest.param(10, marks=pytest.mark.slow), 20, pytest.param(50, marks=pytest.mark.slow)])
def test_clustered_intervals_cover_the_limits_of_a_further_case(patients):
    rng = np.random.default_rng(patients)
    truth = 1 + 1.959964 * math.hypot(2.0, 1.5)
    runs = 200
    hits = naive = 0
    for _ in range(runs):
        gap, owner = repeated(rng, patients)
        interval = limits_of_agreement(np.zeros(gap.size), gap, owner).upper_interval
        hits += interval.low <= truth <= interval.high
        alone = limits_of_agreement(np.zeros(gap.size), gap).upper_interval
        naive += alone.low <= truth <= alone.high
    demand = 0.90 if patients < 20 else 0.92
    assert hits / runs >= demand - 2 * math.sqrt(demand * (1 - demand) / runs)
    assert naive < hits


def test_turning_the_two_around_turns_the_limits_around(rng):
    first, second = rng.normal(size=25), rng.normal(1, 1, 25)
    one, other = limits_of_agreement(first, second), limits_of_agreement(second, first)
    assert one.lower == pytest.approx(-other.upper)
    assert one.lower_interval.ends == pytest.approx((-other.upper_interval.high, -other.upper_interval.low))


def test_missing_none_and_unequal():
    found = limits_of_agreement([1.0, np.nan, 3.0], [1.5, 2.0, 3.5])
    assert (found.cases, found.bias) == (2, 0.5)
    assert math.isnan(limits_of_agreement([], []).bias)
    assert math.isnan(limits_of_agreement([1.0, 2.0], [1.0, 2.0], ["a", "a"]).upper)
    with pytest.raises(StudyError, match="two measurements"):
        limits_of_agreement([1.0], [1.0, 2.0])
