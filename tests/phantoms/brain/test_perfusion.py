"""The passage of a bolus: the integral under it is flow times transit, its delay is the delay."""

import numpy as np
import pytest

from isocenter.phantoms.brain.perfusion import LAST_S, STEP_S, TRANSITS_S, Blood, concentration, passage
from isocenter.phantoms.brain.perfusion_settings import PERFUSION

TABLE = passage(PERFUSION)


def blood(delay=0.0, flow=60.0, volume=4.0):
    values = (np.full((1,), v, np.float32) for v in (delay, 1.0, flow, volume, 0.0, 0.0))
    return Blood(**dict(zip(("delay_s", "left", "flow", "volume", "dead", "lost"), values, strict=True)))


def curve(one):
    times = np.arange(0, LAST_S, 0.5)
    return times, np.array([concentration(one, TABLE, t, 5.0)[0] for t in times])


def test_the_area_under_the_bolus_is_the_transit_time():
    areas = TABLE.sum(axis=1) * STEP_S
    short = TRANSITS_S < 8  # of longer ones part of the tail is cut off
    assert areas[short] == pytest.approx(TRANSITS_S[short], rel=0.06)


def test_the_area_under_a_concentration_is_the_volume_of_blood():
    _, seen = curve(blood(flow=60.0, volume=4.0))
    assert seen.sum() * 0.5 == pytest.approx(4.0, rel=0.05)  # flow / 60 x transit time


def test_a_delay_moves_the_bolus():
    times, early = curve(blood())
    _, late = curve(blood(delay=4.0))
    assert times[late.argmax()] - times[early.argmax()] == pytest.approx(4.0, abs=0.5)


def test_nothing_is_seen_before_it_arrives():
    assert concentration(blood(delay=3.0), TABLE, 7.0, 5.0)[0] == 0.0
