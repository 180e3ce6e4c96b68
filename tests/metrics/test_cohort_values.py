"""Truths and answers as arrays."""

import math

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.metrics.cohort_values import amount_table, expected_days, score_table, survival_table


def test_a_competing_event_ends_the_time_and_is_neither_the_event_nor_a_censoring() -> None:
    died = Survival(days=np.array([40.0]), alive=np.array([1.0]), cause=2)
    lost = Survival(days=np.array([50.0]), alive=np.array([1.0]), censored=True)
    curve = Survival(days=np.array([1.0, 40.0]), alive=np.array([1.0, 0.5]))
    table = survival_table([died, lost], [curve, curve])
    assert table.end.tolist() == [2, 0]
    assert table.days.tolist() == [40.0, 50.0]


def test_inside_an_interval_label_the_error_is_zero_and_outside_it_is_to_the_nearer_end():
    truths = [Amount(value=math.nan, low=10.0, high=20.0, unit="%")] * 3 + [Amount(value=5.0, unit="%")]
    answers = [Amount(value=v, unit="%") for v in (15.0, 23.0, 6.0, 4.0)]
    np.testing.assert_allclose(amount_table(truths, answers).error, [0.0, 3.0, -4.0, -1.0])


def test_an_interval_open_at_one_end():
    truths = [Amount(value=math.nan, low=100.0, unit="1")] * 2
    np.testing.assert_allclose(amount_table(truths, [Amount(value=v, unit="1") for v in (500.0, 90.0)]).error, [0.0, -10.0])


def test_not_assessed_is_nan():
    assert math.isnan(amount_table([Amount(value=math.nan, unit="1")], [Amount(value=1.0, unit="1")]).error[0])
    table = score_table([Scores(p=np.full(2, np.nan), names=("a", "b"))], [Scores(p=np.array([0.2, 0.8]), names=("a", "b"))])
    assert table.true_class[0] == -1
    assert not table.assessed[0]


def test_expected_days_are_the_area_under_the_steps():
    curve = Survival(days=np.array([10.0, 30.0]), alive=np.array([0.5, 0.0]))
    assert expected_days(curve, 100.0) == pytest.approx(10 * 1.0 + 20 * 0.5)
    assert expected_days(curve, 20.0) == pytest.approx(10 * 1.0 + 10 * 0.5)
    assert math.isnan(expected_days(Survival(days=np.empty(0), alive=np.empty(0)), 10.0))


def test_who_falls_faster_has_the_higher_risk():
    truths = [Survival(days=np.array([d]), alive=np.array([0.0])) for d in (50.0, 90.0)]
    fast, slow = (Survival(days=np.array([1.0, 40.0]), alive=np.array([1.0, a])) for a in (0.2, 0.9))
    table = survival_table(truths, [fast, slow])
    assert table.expected[0] < table.expected[1]


def test_cases_with_other_classes_are_refused():
    one, other = Scores(p=np.ones(2), names=("a", "b")), Scores(p=np.ones(2), names=("b", "a"))
    with pytest.raises(StudyError, match="a, b"):
        score_table([one], [other])
