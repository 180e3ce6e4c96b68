"""There and back is the magnitude."""

import numpy as np

from isocenter.imaging.degradation.fourier import magnitude, to_k_space


def test_there_and_back_is_the_magnitude():
    samples = np.random.default_rng(0).normal(size=(9, 12)).astype(np.float32)
    spectrum = to_k_space(samples)
    np.testing.assert_allclose(magnitude(spectrum), np.abs(samples), atol=1e-5)
    assert abs(spectrum[4, 6] - samples.sum()) < 1e-4
