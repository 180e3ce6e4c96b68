"""The film: curve, letters, border."""

import numpy as np
import pytest

from isocenter.phantoms.radiograph.film import Curve, develop, to_bytes
from isocenter.phantoms.radiograph.letters import letter_ink

PLAIN = Curve(
    low=0.0,
    high=1.0,
    flatten=0.0,
    flatten_mm=40,
    sharpen=0.0,
    sharpen_mm=5,
    steep=0.0,
    gamma=1.0,
    black=0.0,
    white=1.0,
    inverted=False,
)


def ramp():
    return np.exp(-np.linspace(0, 3, 50, dtype=np.float32))[:, None] * np.ones((1, 4), np.float32)


def test_a_straight_curve_shows_attenuation_in_proportion():
    grey = develop(ramp(), ramp(), PLAIN, inside=np.ones((50, 4), bool), pixel_mm=1.0)
    np.testing.assert_allclose(grey[:, 0], np.linspace(0, 1, 50), atol=1e-5)


@pytest.mark.parametrize("change", [{"steep": 4.0}, {"gamma": 0.7}, {"sharpen": 0.0, "steep": 2.0}])
def test_every_curve_keeps_the_order_of_greys(change):
    import dataclasses

    grey = develop(ramp(), ramp(), dataclasses.replace(PLAIN, **change), inside=np.ones((50, 4), bool), pixel_mm=1.0)
    assert (np.diff(grey[:, 0]) >= -1e-6).all()


def test_the_window_is_set_behind_the_body_alone():
    signal = ramp()
    signal[:10] = 50.0  # open beam
    inside = np.ones((50, 4), bool)
    inside[:10] = False
    grey = develop(signal, signal, PLAIN, inside=inside, pixel_mm=1.0)
    assert grey[10, 0] == pytest.approx(0.0, abs=1e-5)
    assert grey[-1, 0] == pytest.approx(1.0, abs=1e-5)


def test_bytes_are_rounded_and_clipped():
    assert to_bytes(np.array([[-1.0, 0.5, 2.0]], np.float32), PLAIN).tolist() == [[0, 128, 255]]


def test_a_letter_leaves_ink_where_it_stands_and_nowhere_else():
    ink = letter_ink((80, 60), "L", (0.5, 0.5), 20.0)
    x, y = np.nonzero(ink > 0.5)
    assert abs(x.mean() - 40) < 8
    assert abs(y.mean() - 30) < 8
    assert ink[:20].sum() == 0


def test_an_l_is_a_post_with_a_foot():
    ink = letter_ink((70, 70), "L", (0.5, 0.5), 49.0) > 0.5
    columns = ink.sum(1)
    assert columns.max() >= 48  # the post, at the left
    assert columns[np.flatnonzero(columns)[-1]] >= 6  # the foot's end


def test_a_letter_it_does_not_know_is_left_blank():
    assert letter_ink((40, 40), "#", (0.5, 0.5), 20.0).sum() == 0


def test_ink_does_not_depend_on_the_sampling():
    small, large = letter_ink((50, 50), "R", (0.5, 0.5), 14.0).mean(), letter_ink((200, 200), "R", (0.5, 0.5), 56.0).mean()
    assert small == pytest.approx(large, rel=0.05)
