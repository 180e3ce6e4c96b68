"""Fields of waves: their spread and slope are known by formula."""

import numpy as np
import pytest

from isocenter.phantoms.brain.waves import Waves, draw_waves


def test_the_slope_of_one_wave_is_its_derivative():
    wave = Waves(vector=np.array([[0.3, 0.0, 0.0]], np.float32), phase=np.zeros(1, np.float32))
    points = np.array([[1.0, 2.0], [5.0, 0.0], [0.0, 0.0]], np.float32)
    value, slope = wave.with_slope(points)
    np.testing.assert_allclose(value, np.sqrt(2) * np.cos(0.3 * points[0]), rtol=1e-5)
    np.testing.assert_allclose(slope, np.sqrt(2) * 0.3 * np.abs(np.sin(0.3 * points[0])), rtol=1e-5)
    np.testing.assert_array_equal(value, wave.at(points))


def test_a_field_has_mean_zero_and_spread_one(rng):
    points = rng.uniform(-2000, 2000, (3, 20000)).astype(np.float32)
    field = draw_waves(rng, (20.0, 40.0), 14).at(points)
    assert abs(field.mean()) < 0.05
    assert field.std() == pytest.approx(1.0, abs=0.05)
