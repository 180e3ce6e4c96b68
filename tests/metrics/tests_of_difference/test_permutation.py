"""The sign-flip test gives Fisher's p for Darwin's maize, scipy's elsewhere, and keeps its level with clustered cases."""

import math

import numpy as np
import pytest
from scipy import stats

from isocenter.core.errors import StudyError
from isocenter.metrics.tests_of_difference.permutation import compare_means, sign_flip

DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
"""Height of cross- minus self-fertilized maize, eighths of an inch: Fisher, The Design of Experiments, section 17."""


def test_darwins_maize_gives_fishers_1726_of_32768(rng):
    """Fisher 1935, section 21: 863 of 32768 sign patterns reach the observed sum of 314 on one side."""
    assert sign_flip(DARWIN, range(15), rng=rng) == pytest.approx(1726 / 32768)


def test_random_patterns_agree_with_scipys(rng):
    gaps = rng.normal(0.3, 1, 40)
    theirs = stats.permutation_test((gaps, np.zeros(40)), lambda a, b: np.mean(a - b), permutation_type="samples", rng=rng)
    assert sign_flip(gaps, range(40), rng=rng) == pytest.approx(theirs.pvalue, abs=0.015)


def test_p_is_never_zero_and_no_difference_is_one(rng):
    assert sign_flip(np.ones(50), range(50), rng=rng) == pytest.approx(1e-4)
    assert sign_flip(np.zeros(50), range(50), rng=rng) == 1.0
    assert math.isnan(sign_flip([math.nan], ["a"], rng=rng))


def test_both_signs_give_one_p(rng):
    assert sign_flip(DARWIN, range(15), rng=rng) == sign_flip([-d for d in DARWIN], range(15), rng=rng)


def test_copies_of_a_case_are_no_further_evidence(rng):
    once = sign_flip(DARWIN, range(15), rng=rng)
    assert sign_flip(np.repeat(DARWIN, 6), np.repeat(range(15), 6), rng=rng) == once


def test_the_level_holds_with_several_alike_cases_a_patient():
    """No difference in truth; cases of a patient correlate at 0.8. Taking cases for patients would claim in a third."""
    rng = np.random.default_rng(0)
    patients = np.repeat(np.arange(20), 6)
    clustered = naive = 0
    for _ in range(300):
        gaps = math.sqrt(0.8) * rng.normal(size=20)[patients] + math.sqrt(0.2) * rng.normal(size=120)
        clustered += sign_flip(gaps, patients, rng=rng, draws=199) <= 0.05
        naive += sign_flip(gaps, np.arange(120), rng=rng, draws=199) <= 0.05
    assert clustered / 300 < 0.09
    assert naive / 300 > 0.2


def test_the_effect_comes_with_its_interval(rng):
    second = rng.beta(6, 2, 40)
    first = second + rng.normal(0.05, 0.02, 40)
    found = compare_means(first, second, range(40), rng=rng)
    assert found.effect == pytest.approx(np.mean(first - second))
    assert found.interval.low < found.effect < found.interval.high
    assert found.interval.low > 0
    assert found.p < 0.001
    assert (found.patients, found.cases) == (40, 40)


def test_what_one_of_them_lacks_is_left_out_of_both(rng):
    found = compare_means([0.5, math.nan, 0.9], [0.4, 0.2, math.nan], ["a", "b", "c"], rng=rng)
    assert found.effect == pytest.approx(0.1)
    assert (found.patients, found.cases) == (1, 1)


def test_nine_patients_support_neither_interval_nor_p(rng):
    found = compare_means(rng.normal(1, 1, 9), rng.normal(size=9), range(9), rng=rng)
    assert math.isnan(found.p)
    assert np.isnan(found.interval.ends).all()


def test_equal_answers_have_no_interval_of_the_difference(rng):
    values = rng.random(30)
    found = compare_means(values, values, range(30), rng=rng)
    assert (found.effect, found.p) == (0.0, 1.0)
    assert np.isnan(found.interval.ends).all()


def test_lengths_must_agree(rng):
    with pytest.raises(StudyError):
        sign_flip([1.0], ["a", "b"], rng=rng)
