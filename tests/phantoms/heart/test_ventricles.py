"""Ventricles: volumes that agree with what is drawn, walls that keep theirs."""

import dataclasses

import numpy as np
import pytest

from isocenter.phantoms.heart.settings import HEART
from isocenter.phantoms.heart.ventricles import around_of, depths_in, draw_ventricles

SIDE = np.asarray((np.arange(400) + 0.5) * 0.5 - 100, np.float32)
X, Y = (a.astype(np.float32) for a in np.meshgrid(SIDE, SIDE, indexing="ij"))


def heart(*, failing=False, seed=3):
    return draw_ventricles(HEART, np.random.default_rng(seed), np.random.default_rng(seed + 1), "M", failing=failing)


def seen(one, height, out):
    return depths_in(one, X, Y, around_of(one, np.arctan2(Y, X)), height, out)


def drawn_ml(one, out, name="cavity"):
    """Volume of what is drawn, planes 1 mm apart."""
    heights = np.arange(-12.0, one.length_mm + 12, 1.0)
    areas = []
    for height in heights:
        depths = seen(one, height, out)
        inside = depths.cavity > 0 if name == "cavity" else (depths.wall > 0) & ~(depths.cavity > 0)
        areas.append(inside.sum() * 0.25)
    return sum(areas) / 1000


def smooth(one):
    return dataclasses.replace(one, trabeculae=())


@pytest.mark.parametrize("out", [0.0, 1.0])
def test_what_is_drawn_has_the_volume_that_is_said(out):
    one = smooth(heart())
    assert drawn_ml(one, out) == pytest.approx(one.volume_ml(out), rel=0.02)


@pytest.mark.parametrize("failing", [False, True])
def test_the_wall_keeps_its_volume(failing):
    one = smooth(heart(failing=failing))
    assert drawn_ml(one, 1.0, "wall") == pytest.approx(drawn_ml(one, 0.0, "wall"), rel=0.03)


def test_half_an_ellipsoid_without_waves():
    plain = dataclasses.replace(heart(), waves=(), trabeculae=(), shortening=0.0, descent=0.0)
    expected = 2 / 3 * np.pi * plain.radius_mm**2 * plain.length_mm / 1000
    assert plain.volume_ml(0.0) == pytest.approx(expected, rel=1e-3)
    assert plain.ejection_fraction == pytest.approx(0.0)


def test_a_failing_heart_is_wide_and_empties_little():
    well, ill = [heart(seed=k) for k in range(12)], [heart(failing=True, seed=k) for k in range(12)]
    assert all(0.53 < one.ejection_fraction < 0.73 for one in well)
    assert all(0.14 < one.ejection_fraction < 0.43 for one in ill)
    assert all(b.volume_ml(0.0) > a.volume_ml(0.0) for a, b in zip(well, ill, strict=True))


def test_a_scar_moves_less_than_what_lies_across():
    one = dataclasses.replace(heart(), scar=(1.0, 0.6, 0.9))
    scar, across = one.moved(np.array([1.0, 1.0 - np.pi]))
    assert scar == pytest.approx(0.1 * across)


def test_the_right_ventricle_lies_on_the_right_and_shares_nothing_with_the_left():
    depths = seen(one := heart(), 0.6 * heart().length_mm, 0.0)
    right = depths.right > 0
    assert right.sum() > 0
    assert X[right].mean() > one.radius_mm * 0.5
    assert not (right & (depths.wall > 0)).any()


def test_above_the_base_there_is_no_ventricle():
    depths = seen(one := heart(), one_height(heart()), 0.0)
    assert not (depths.cavity > 0).any()
    assert (depths.atrium > 0).any()
    assert one.length_mm > 60


def one_height(one):
    return one.length_mm + 3
