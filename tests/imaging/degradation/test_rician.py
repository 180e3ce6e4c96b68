"""Rician noise: Rayleigh in air, normal in bright tissue."""

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.degradation.rician import DEGRADATION


def test_air_is_rayleigh_and_tissue_normal():
    samples = np.zeros((1, 100, 100), np.float32)
    samples[:, 50:] = 100.0
    worse = DEGRADATION.apply(held_image(samples, plain_grid((100, 100))), seed=0, snr=10.0).array()
    assert worse[:, :50].mean() == pytest.approx(10 * np.sqrt(np.pi / 2), rel=0.03)
    assert worse[:, 50:].std() == pytest.approx(10, rel=0.05)
    assert worse.min() >= 0
