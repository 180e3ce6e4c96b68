"""Tuning curves: a line an arm, through its points, with a band where there is an interval."""

import numpy as np

from isocenter.figures.tuning_curves import draw_tuning_curves
from isocenter.metrics.tuning_curve import tuning_curve


def test_a_line_goes_through_the_points_of_each_arm(rng):
    curves = [("easy", tuning_curve(rng.random(8), rng=rng, draws=50)), ("few", tuning_curve([0.2, 0.6], rng=rng, draws=50))]
    axes = draw_tuning_curves(curves, axis="Expected best AUC").axes[0]
    assert len(axes.lines) == 2
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [p.best for p in curves[0][1]], atol=1e-12)
    assert list(axes.lines[1].get_xdata()) == [1, 2]
    assert len(axes.collections) == 1  # two configurations are too few for an interval
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["easy", "few"]


def test_one_arm_needs_no_legend(rng):
    assert draw_tuning_curves([("", tuning_curve(rng.random(6), rng=rng, draws=50))], axis="AUC").axes[0].get_legend() is None
