"""The beat: where a ventricle is empty, where it is full, and what a high rate leaves out."""

import numpy as np
import pytest

from isocenter.phantoms.heart.beat import contraction, draw_beat
from isocenter.phantoms.heart.settings import HEART


def beat(rate, age=40.0, seed=1):
    return draw_beat(HEART, np.random.default_rng(seed), rate, age)


@pytest.mark.parametrize("rate", [50.0, 70.0, 110.0])
def test_a_ventricle_is_full_at_end_diastole_and_empty_at_end_systole_alone(rate):
    one = beat(rate)
    t = np.linspace(0, one.period_s, 4001)[:-1]
    out = contraction(one, t)
    assert out.argmin() == 0
    assert t[out.argmax()] == pytest.approx(one.systole_s, abs=0.001)
    assert (out.min(), out.max()) == (0.0, pytest.approx(1.0, abs=1e-3))
    assert np.abs(np.diff(out)).max() < 0.02  # nothing jumps


def test_it_empties_and_then_fills_and_never_turns_back():
    out = contraction(one := beat(60.0), np.linspace(0, beat(60.0).period_s, 2000)[:-1])
    turn = out.argmax()
    assert (np.diff(out[: turn + 1]) >= 0).all()
    assert (np.diff(out[turn:]) <= 0).all()
    assert one.diastasis_s > 0.15


def test_a_beat_follows_the_beat():
    one = beat(80.0)
    t = np.array([-0.1, 0.2])
    np.testing.assert_allclose(contraction(one, t), contraction(one, t + 3 * one.period_s), atol=1e-9)


def test_systole_takes_more_of_a_fast_beat_and_diastasis_goes():
    slow, fast = beat(55.0), beat(105.0)
    assert slow.systole_s / slow.period_s < 0.45 < 0.5 < fast.systole_s / fast.period_s
    assert fast.diastasis_s < 1e-9 < slow.diastasis_s


def test_the_old_fill_later():
    left = [contraction(one, np.array([one.period_s - one.atrial_s]))[0] for one in (beat(60.0, 25.0), beat(60.0, 80.0))]
    assert left[0] + 0.15 < left[1]
