"""Skill: the share of the constant's error that is taken away, and its interval over patients."""

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.metrics.estimates.skill import estimate_skill
from isocenter.metrics.skill import skill

ONE = np.ones((1, 4))
CONSTANT = np.array([10.0, 2.0, 4.0, 4.0])  # mean 5


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.25, 0.75), (1.0, 0.0), (2.0, -1.0)])
def test_skill_is_one_less_the_ratio_of_the_mean_errors(share, expected):
    assert skill(share * CONSTANT, CONSTANT, ONE)[0] == pytest.approx(expected)


def test_it_is_a_ratio_of_means_and_no_mean_of_ratios():
    assert skill(np.array([0.0, 2.0, 4.0, 4.0]), CONSTANT, ONE)[0] == pytest.approx(0.5)  # the ratios' mean would say 0.25


def test_a_constant_without_error_and_no_case_give_nan():
    assert np.isnan(skill(ONE[0], 0 * CONSTANT, ONE)[0])
    assert np.isnan(estimate_skill([], [], [], rng=np.random.default_rng(0)).value)


def test_both_errors_of_a_patient_are_drawn_together(rng):
    patients = np.repeat([f"p{i}" for i in range(40)], 2)
    hard = rng.lognormal(0, 1.5, 40).repeat(2)  # some patients are hard for both alike, so the ratio varies little
    found = estimate_skill(hard * rng.uniform(0.18, 0.22, 80), hard, patients, rng=rng)
    assert found.value == pytest.approx(0.8, abs=0.02)
    assert found.ci95[0] < found.value < found.ci95[1]
    assert found.ci95[1] - found.ci95[0] < 0.03  # drawn apart, the two means alone vary by a third
    assert (found.patients, found.cases, found.interval[:9]) == (40, 80, "bootstrap")


def test_what_one_of_them_could_not_measure_is_left_out_and_counted():
    found = estimate_skill([1.0, np.nan, 1.0], [2.0, 2.0, np.nan], ["a", "b", "c"], rng=np.random.default_rng(0))
    assert (found.value, found.cases, found.excluded) == (0.5, 1, 2)


def test_below_ten_patients_there_is_no_interval_and_without_change_none():
    few = estimate_skill([1.0] * 9, [2.0, 4.0] * 4 + [2.0], range(9), rng=np.random.default_rng(0))
    assert np.isnan(few.ci95[0])
    perfect = estimate_skill([0.0] * 12, range(1, 13), range(12), rng=np.random.default_rng(0))
    assert perfect.value == 1.0
    assert perfect.interval == "none: no resample changes it"


def test_a_patient_a_case_is_needed():
    with pytest.raises(StudyError, match="expected one patient and two errors a case, got 1, 2 and 2"):
        estimate_skill([1.0, 2.0], [1.0, 2.0], ["a"], rng=np.random.default_rng(0))
