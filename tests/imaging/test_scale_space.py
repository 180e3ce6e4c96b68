"""Derivatives of Gaussians, on functions whose derivatives are known."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.imaging.scale_space import gradient_magnitude, hessian_eigenvalues, scale_space, symmetric_eigenvalues_3


def test_a_ramp_has_its_slope_as_gradient_whatever_the_spacing():
    x = np.arange(64.0)[:, None] * np.ones((1, 40))
    for spacing in ((1.0, 1.0), (0.5, 2.0)):
        ramp = 3.0 * x * spacing[0]  # 3 per unit of length
        slope = gradient_magnitude(ramp, spacing=spacing, sigma=2.0)
        assert slope[32, 20] == pytest.approx(2.0 * 3.0, rel=1e-3)  # normalized by sigma


def test_a_parabola_has_its_curvature_along_one_axis():
    x = np.arange(-30.0, 31.0)
    bowl = np.broadcast_to((x**2)[:, None, None], (61, 30, 30))
    values = hessian_eigenvalues(bowl, spacing=(1.0, 1.0, 1.0), sigma=2.0)[:, 30, 15, 15]
    np.testing.assert_allclose(values, [0, 0, 4.0 * 2.0], atol=2e-2)  # sigma² · 2


def test_the_closed_form_equals_the_library(rng):
    matrices = rng.normal(size=(500, 3, 3))
    matrices += matrices.transpose(0, 2, 1)
    parts = [matrices[:, i, j].astype(np.float32) for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))]
    ours = np.sort(symmetric_eigenvalues_3(*parts), axis=0)
    np.testing.assert_allclose(ours, np.linalg.eigvalsh(matrices).T, atol=1e-4)


def test_a_flat_image_has_no_structure():
    features = scale_space(np.full((20, 18), 7.0), spacing=(1.0, 1.0), sigmas=(1.0, 2.0))
    assert features.shape == (1 + 2 * 5, 20, 18)
    np.testing.assert_allclose(features[[0, 1, 6]], 7.0, atol=1e-5)
    np.testing.assert_allclose(features[[2, 3, 4, 5, 7, 8, 9, 10]], 0.0, atol=1e-5)


def test_one_axis_is_refused():
    with pytest.raises(GeometryError, match="2 or 3 axes, got 1"):
        hessian_eigenvalues(np.zeros(9), spacing=(1.0,), sigma=1.0)
