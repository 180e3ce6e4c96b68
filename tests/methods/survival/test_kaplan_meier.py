"""The product-limit estimate."""

import numpy as np
from lifelines import KaplanMeierFitter

from isocenter.methods.survival.kaplan_meier import survival_curve


def test_four_patients_by_hand():
    """Day 1 an event (4 at risk), day 2 a censoring, day 3 an event (2 at risk), day 4 a censoring."""
    curve = survival_curve(np.array([1.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False]))
    np.testing.assert_allclose(curve.days, [0, 1, 3])
    np.testing.assert_allclose(curve.alive, [1, 3 / 4, 3 / 8])


def test_it_equals_lifelines_with_ties(rng):
    days, event = rng.integers(1, 30, 200).astype(float), rng.random(200) < 0.6
    curve = survival_curve(days, event)
    theirs = KaplanMeierFitter().fit(days, event).survival_function_at_times(curve.days).to_numpy()
    np.testing.assert_allclose(curve.alive, theirs)


def test_without_events_everybody_lives():
    curve = survival_curve(np.array([5.0, 6.0]), np.array([False, False]))
    assert curve.days.tolist() == [0]
    assert curve.alive.tolist() == [1]
