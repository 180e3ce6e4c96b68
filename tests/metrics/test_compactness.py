"""Compactness of shapes whose border is known."""

import math

import numpy as np
import pytest

from isocenter.metrics.compactness import compactness


def ball(radius: float, spacing: tuple[float, ...]) -> np.ndarray:
    axes = [np.arange(-radius - s, radius + 2 * s, s) for s in spacing]
    return sum(x**2 for x in np.meshgrid(*axes, indexing="ij")) <= radius**2


def test_a_rectangle_by_hand() -> None:
    # 40 x 10 samples: straight sides of 39 and 9, four cut corners of sqrt(1/2)
    border = 2 * (39 + 9) + 4 * math.sqrt(0.5)
    assert compactness(np.ones((40, 10), bool), spacing=(1.0, 1.0)) == pytest.approx(4 * math.pi * 400 / border**2)


@pytest.mark.parametrize("spacing", [(1.0, 1.0), (1.0, 0.5), (1.0, 1.0, 1.0), (0.5, 1.0, 1.0)])
def test_disks_and_balls_are_nearly_1_and_bars_far_less(spacing: tuple[float, ...]) -> None:
    round_one = compactness(ball(20.0, spacing), spacing=spacing)
    assert 0.7 < round_one < 1.02
    bar = np.ones((60, *(4,) * (len(spacing) - 1)), bool)
    assert compactness(bar, spacing=spacing) < 0.6 * round_one


def test_size_place_and_unit_change_nothing() -> None:
    mask = np.zeros((30, 20), bool)
    mask[4:15, 3:9] = True
    plain = compactness(mask, spacing=(1.0, 2.0))
    assert compactness(np.roll(mask, 5, axis=0), spacing=(1.0, 2.0)) == pytest.approx(plain)
    assert compactness(mask, spacing=(0.1, 0.2)) == pytest.approx(plain)


def test_holes_and_tears_lower_it_and_an_empty_mask_has_none() -> None:
    disk = ball(15.0, (1.0, 1.0))
    holed = disk.copy()
    holed[12:18, 12:18] = False
    assert compactness(holed, spacing=(1.0, 1.0)) < 0.8 * compactness(disk, spacing=(1.0, 1.0))
    assert math.isnan(compactness(np.zeros((4, 4), bool), spacing=(1.0, 1.0)))
