"""Rods have the thickness geometry gives them."""

import numpy as np
import pytest

from isocenter.phantoms.ossification.film import thickness
from isocenter.phantoms.ossification.skeleton import Part
from isocenter.phantoms.retina.paint import Canvas

CANVAS = Canvas(size=80, sample_mm=0.5)


def rod(radius, **more):
    ends = np.array([0.0, -30.0]), np.array([0.0, 30.0])
    return Part(name="rod", kind="shaft", start=ends[0], end=ends[1], radii=(radius,) * 3, cap=1.0, **more)


def test_a_rod_is_as_thick_as_it_is_wide():
    thick, kind = thickness(CANVAS, [rod(5.0)])
    assert thick[:, 40].max() == pytest.approx(10, rel=0.01)
    assert (kind[:, 40] == 1).sum() * 0.5 == pytest.approx(10, abs=1.0)
    assert thick[:, 40].sum() * 0.5 == pytest.approx(np.pi * 25, rel=0.02)  # its cross-section


def test_a_hollow_rod_misses_its_core():
    solid, _ = thickness(CANVAS, [rod(5.0)])
    tube, _ = thickness(CANVAS, [rod(5.0)], cortex_mm=1.0, hollow=1.0)
    missing = (solid - tube)[:, 40].sum() * 0.5
    assert missing == pytest.approx(np.pi * 16, rel=0.03)


def test_bone_half_as_dense_counts_half_and_a_rod_outside_does_not_count():
    assert thickness(CANVAS, [rod(5.0, density=0.5)])[0].max() == pytest.approx(5, rel=0.01)
    away = Part(name="a", kind="shaft", start=np.array([90.0, 0]), end=np.array([95.0, 0]), radii=(2, 2, 2), cap=1.0)
    assert thickness(CANVAS, [away])[0].max() == 0
