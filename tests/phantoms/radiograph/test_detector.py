"""The detector: what blur keeps, what noise adds."""

import numpy as np
import pytest

from isocenter.phantoms.radiograph.detector import add_noise, average, expose, wide_blur
from isocenter.phantoms.radiograph.settings import CHEST

SCANNER = CHEST["scanners"]["classic"]


def test_an_even_field_stays_even_and_gains_its_scatter():
    signal, primary = expose(np.full((80, 80), 0.2, np.float32), SCANNER, finer=2, pixel_mm=1.0)
    np.testing.assert_allclose(primary, 0.2, rtol=1e-5)
    np.testing.assert_allclose(signal, 0.2 * (1 + SCANNER["scatter"]), rtol=1e-4)


def test_an_edge_is_averaged_not_aliased():
    fine = np.zeros((8, 8), np.float32)
    fine[3:] = 1.0
    np.testing.assert_allclose(average(fine, 2)[:, 0], [0, 0.5, 1, 1])


def test_noise_falls_with_the_root_of_the_dose(rng):
    flat = np.ones((200, 200), np.float32)
    low, high = (add_noise(flat, SCANNER, rng, dose=dose).std() for dose in (1.0, 4.0))
    assert low / high == pytest.approx(2.0, rel=0.05)


def test_noise_has_the_variance_of_its_photons(rng):
    plain = {**SCANNER, "readout": 0.0, "noise_px": 0.0}
    noisy = add_noise(np.ones((300, 300), np.float32), plain, rng, dose=1.0)
    assert noisy.std() == pytest.approx(1 / np.sqrt(plain["photons"]), rel=0.03)
    assert noisy.mean() == pytest.approx(1.0, abs=1e-3)


def test_smoothed_noise_keeps_its_size_and_loses_its_grain(rng):
    flat = np.ones((200, 200), np.float32)
    white = add_noise(flat, {**SCANNER, "noise_px": 0.0}, rng, dose=1.0) - 1
    smooth = add_noise(flat, {**SCANNER, "noise_px": 1.0}, rng, dose=1.0) - 1
    assert smooth.std() == pytest.approx(white.std(), rel=0.05)
    assert np.corrcoef(smooth[:-1].ravel(), smooth[1:].ravel())[0, 1] > 0.5


def test_a_wide_blur_on_a_coarse_grid_is_the_blur_on_the_fine_one(rng):
    from scipy.ndimage import gaussian_filter

    image = gaussian_filter(rng.standard_normal((120, 90)), 3).astype(np.float32)
    exact = gaussian_filter(image, 15, mode="nearest")
    inner = np.s_[20:-20, 20:-20]
    np.testing.assert_allclose(wide_blur(image, 15)[inner], exact[inner], atol=0.03 * image.std())
