"""Hazard curves: a panel a rate, a line an arm in the order of shares, a band where there is an interval."""

import math

from isocenter.figures.hazard import Curve, draw_hazard


def test_lines_follow_the_shares_and_bands_need_an_interval():
    held = Curve(name="a", shares=(1.0, 0.0), values=(0.2, 0.8), ends=((0.1, 0.3), (0.7, 0.9)))
    bare = Curve(name="b", shares=(0.0, 1.0), values=(0.5, 0.5), ends=((math.nan, math.nan),) * 2)
    figure = draw_hazard({"erased": [held, bare], "invented": [bare]}, real={"erased": 0.1, "invented": 0.05})
    left, right = figure.axes
    assert list(left.lines[0].get_xdata()) == [0, 100]
    assert list(left.lines[0].get_ydata()) == [80, 20]
    assert len(left.collections) == 1
    assert len(right.collections) == 0
    assert left.lines[2].get_ydata()[0] == 10
    assert [t.get_text() for t in left.get_legend().get_texts()] == ["a", "b", "real images"]
