"""Acquisition: averaging keeps means, a coil keeps its strength, motion only moves."""

import numpy as np
import pytest

from isocenter.phantoms.brain.scan import Sampling, average, coil, sample, shake, store
from isocenter.phantoms.brain.settings import BRAIN

SCANNER = {"psf": 0.8, "slice": 5.0, "curve": 1.0, "correlation": 0.0}


def test_averaging_halves_the_grid_and_keeps_the_mean(rng):
    fine = rng.random((8, 6, 4), np.float32)
    coarse = average(fine, (2, 3, 4))
    assert coarse.shape == (4, 2, 1)
    assert coarse.mean() == pytest.approx(fine.mean(), rel=1e-5)


def test_blur_spreads_a_point_and_keeps_its_sum():
    point = np.zeros((33, 33, 1), np.float32)
    point[16, 16] = 1
    spread = sample(point, Sampling(fine_mm=(1.0, 1.0, 1.0), factor=(1, 1, 1), across_mm=5.0), SCANNER)
    assert spread.sum() == pytest.approx(1.0, rel=1e-3)
    assert spread.max() == pytest.approx(1 / (2 * np.pi * 0.8**2), rel=0.1)


def test_the_coil_reaches_its_strength_inside_the_head():
    x, y, z = np.meshgrid(*[np.linspace(-80, 80, 24)] * 3, indexing="ij")
    points = np.stack([x, y, z]).astype(np.float32)
    for seed in range(5):
        profile = coil(BRAIN, points, np.ones(x.shape, bool), np.random.default_rng(seed))
        strength = profile.max() - 1
        assert 0.2 <= strength <= 0.4
        assert 1 - profile.min() == pytest.approx(strength, rel=1e-4)


def test_no_motion_changes_nothing_and_motion_keeps_the_mean(rng):
    picture = rng.random((32, 32, 2), np.float32) + 1
    np.testing.assert_array_equal(shake(picture, (1.0, 1.0), 0.0, rng), picture)
    moved = shake(picture, (1.0, 1.0), 2.0, rng)
    assert np.abs(moved - picture).max() > 0.05
    assert moved.mean() == pytest.approx(picture.mean(), rel=0.02)  # the middle of k-space is kept


def test_a_still_shift_of_one_wave_is_a_shift():
    """A picture that varies along X only lies in the middle lines of k-space, which do not move."""
    wave = np.repeat(1 + 0.5 * np.cos(2 * np.pi * np.arange(32) / 8)[:, None, None], 32, axis=1).astype(np.float32)
    np.testing.assert_allclose(shake(wave, (1.0, 1.0), 5.0, np.random.default_rng(0)), wave, atol=1e-5)


def test_stored_numbers_are_whole_and_bounded():
    picture = np.array([[[0.0, 1.0, 9.0]]], np.float32)
    assert store(picture, SCANNER, 1.0, eight_bit=True).ravel().tolist() == [0, 235, 255]
    assert store(picture, SCANNER, 1.0, eight_bit=False).ravel().tolist() == [0, 1000, 4095]
