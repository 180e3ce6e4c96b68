"""Lines and spots cover what their size says, at any sample size."""

import numpy as np
import pytest

from isocenter.phantoms.retina.paint import Canvas, average, draw_lines, ellipse, smooth_field


@pytest.mark.parametrize("radius", [0.2, 0.6, 1.5, 3.0])
def test_the_cover_of_a_line_is_its_width_times_its_length(radius):
    canvas = Canvas(size=64, sample_mm=1.0)
    line = np.stack([np.linspace(-40, 40, 9), np.full(9, 0.3)], 1)
    cover = draw_lines(canvas, [line], [np.full(9, radius)])
    assert cover[20:40].sum() / 20 == pytest.approx(2 * radius, rel=0.12)


def test_where_lines_cross_the_larger_counts():
    canvas = Canvas(size=16, sample_mm=1.0)
    flat, steep = np.array([[-9.0, 0], [9, 0]]), np.array([[0, -9.0], [0, 9]])
    both = draw_lines(canvas, [flat, steep], [np.ones(2), np.ones(2)], [0.5, 1.0])
    assert both.max() == pytest.approx(1.0, abs=1e-3)
    assert both[2, 8] == pytest.approx(0.5, abs=1e-3)


def test_an_ellipse_has_its_area():
    canvas = Canvas(size=100, sample_mm=0.1)
    assert ellipse(canvas, np.zeros(2), 2.0, oval=1.5).sum() * 0.01 == pytest.approx(np.pi * 2 * 3, rel=0.02)


def test_a_field_is_alike_at_any_sample_size():
    fine, coarse = (smooth_field(Canvas(size=n, sample_mm=16 / n), np.random.default_rng(1), 2.0, side_mm=20.0) for n in (128, 64))
    assert np.corrcoef(average(fine, 2).ravel(), coarse.ravel())[0, 1] > 0.999


def test_nothing_to_draw_is_nothing():
    assert not draw_lines(Canvas(size=8, sample_mm=1.0), [], []).any()
