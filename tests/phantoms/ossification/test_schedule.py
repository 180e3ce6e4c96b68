"""The schedule: order, sexes, and sizes between 0 and 1."""

import numpy as np
import pytest

from isocenter.phantoms.ossification.schedule import CARPALS, center_names, mature, size_of_hand
from isocenter.phantoms.ossification.settings import HAND

STRICT = {**HAND, "spread_months": 0.0}
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("sex", ["F", "M"])
def test_centers_appear_grow_and_fuse_in_that_order(sex):
    ages = np.arange(6, 230, 3)
    states = [mature(STRICT, float(age), sex, RNG) for age in ages]
    for name in center_names():
        size, fused = np.array([s[name].size for s in states]), np.array([s[name].fused for s in states])
        assert (np.diff(size) >= 0).all()
        assert (np.diff(fused) >= 0).all()
        assert size[-1] == 1
        assert not fused[size == 0].any()


def test_girls_are_never_behind():
    for name, (girls, boys) in {**HAND["appears"], **HAND["fuses"]}.items():
        assert girls <= boys, name


def test_capitate_and_hamate_come_first_and_the_pisiform_last_of_the_carpals():
    appears = {name: HAND["appears"][name][0] for name in CARPALS}
    order = sorted(appears, key=appears.__getitem__)
    assert order[:2] == ["capitate", "hamate"]
    assert order[-1] == "pisiform"


def test_a_center_is_seen_from_its_month_on():
    before, after = (mature(STRICT, age, "M", RNG)["scaphoid"].seen for age in (69.9, 70.1))
    assert (before, after) == (False, True)


def test_a_grown_man_has_the_length_one():
    assert size_of_hand(HAND, 216, "M") == pytest.approx(1.0)
    assert size_of_hand(HAND, 400, "M") == pytest.approx(1.0)
    assert size_of_hand(HAND, 12, "M") < 0.5
