"""One less the cumulative incidence: Kaplan and Meier's estimate where nobody dies of anything else."""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.methods.survival.aalen_johansen import METHOD, event_free_curve


def test_four_patients_by_hand():
    """Day 1 an event (4 at risk), day 2 a censoring, day 3 an event (2 at risk), day 4 a censoring."""
    curve = event_free_curve(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 0, 1, 0]))
    np.testing.assert_allclose(curve.days, [0, 1, 3])
    np.testing.assert_allclose(curve.alive, [1, 3 / 4, 3 / 8])


def test_four_patients_of_whom_one_dies_by_hand():
    """Day 1 an event (1 of 4), day 2 a death, day 3 an event (1 of the 2 left, who are half of all), day 4 a censoring."""
    curve = event_free_curve(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 2, 1, 0]))
    np.testing.assert_allclose(curve.days, [0, 1, 3])
    np.testing.assert_allclose(curve.alive, [1, 3 / 4, 1 / 2])


def test_where_nobody_dies_it_equals_lifelines_kaplan_meier_with_ties(rng):
    days, event = rng.integers(1, 30, 200).astype(float), rng.random(200) < 0.6
    curve = event_free_curve(days, event.astype(int))
    theirs = KaplanMeierFitter().fit(days, event).survival_function_at_times(curve.days).to_numpy()
    np.testing.assert_allclose(curve.alive, theirs)


def test_without_events_everybody_stays_free():
    for end in (0, 2):
        curve = event_free_curve(np.array([5.0, 6.0]), np.full(2, end))
        assert curve.days.tolist() == [0]
        assert curve.alive.tolist() == [1]


def test_the_method_takes_deaths_for_what_they_are():
    labels = [
        Survival(days=np.array([d]), alive=np.array([float(code != 1)]), censored=code == 0, cause=max(code, 1))
        for d, code in ((1.0, 1), (2.0, 2), (3.0, 1), (4.0, 0))
    ]
    target = Target(name="t", type="survival", columns=("d", "e"), classes=("censored", "dementia", "death"))
    answer = METHOD.answer(target, labels)
    assert isinstance(answer, Survival)
    assert answer.alive == pytest.approx([1, 3 / 4, 1 / 2])
