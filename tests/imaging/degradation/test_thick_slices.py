"""Thick slices: where they lie, what they show, and what a displaced one keeps."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.core.errors import GeometryError, SettingError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.degradation.thick_slices import DEGRADATION


def oblique():
    """A grid turned in the patient, 1.5 × 1.5 × 1.25 mm."""
    c, s = np.cos(0.4), np.sin(0.4)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    matrix = np.eye(4)
    matrix[:3, :3] = turn * (1.5, 1.5, 1.25)
    matrix[:3, 3] = (-20, 30, 5)
    return Grid(shape=(12, 10, 34), affine=as_affine(matrix), world="ras_mm")


def test_a_ramp_in_the_patient_stays_the_same_ramp():
    grid = oblique()
    ijk = np.indices(grid.shape).reshape(3, -1).T
    ramp = (grid.to_world(ijk) @ (0.3, -0.2, 0.7)).reshape(grid.shape)[None]
    stack = DEGRADATION.apply(held_image(ramp.astype(np.float32), grid), seed=0, thickness_mm=5.0, profile="box")
    assert stack.grid.shape == (12, 10, 8)  # 2 of the 34 samples fill no slice
    assert stack.grid.spacing == pytest.approx((1.5, 1.5, 5.0))
    places = stack.grid.to_world(np.indices(stack.grid.shape).reshape(3, -1).T)
    np.testing.assert_allclose(stack.array().ravel(), places @ (0.3, -0.2, 0.7), atol=1e-4)


def test_slices_without_a_gap_are_means_of_what_lies_in_them():
    samples = np.random.default_rng(0).normal(size=(1, 4, 4, 24)).astype(np.float32)
    image = held_image(samples, plain_grid((4, 4, 24), spacing=(1, 1, 1.25), world="ras_mm"))
    stack = DEGRADATION.apply(image, seed=0, thickness_mm=10.0, profile="box").array()
    np.testing.assert_allclose(stack, samples.reshape(1, 4, 4, 3, 8).mean(axis=4), atol=1e-6)


def test_a_gap_is_seen_by_no_slice_and_the_profile_is_as_wide_as_asked():
    samples = np.zeros((1, 3, 3, 40), np.float32)
    image = held_image(samples, plain_grid((3, 3, 40), spacing=(1, 1, 1), world="ras_mm"))
    seen = {}
    for at in range(30):
        samples[...] = 0
        samples[..., at] = 1
        for profile in ("box", "gaussian"):
            stack = DEGRADATION.apply(image, seed=0, thickness_mm=6.0, gap_mm=4.0, profile=profile).array()
            seen.setdefault(profile, []).append(stack[0, 0, 0, 1])
    box, gaussian = (np.array(seen[p]) for p in ("box", "gaussian"))
    assert (box > 0).tolist() == [12 <= at < 18 for at in range(30)]
    assert box.sum() == pytest.approx(1)
    middle = np.average(np.arange(30), weights=gaussian)
    assert middle == pytest.approx(14.5, abs=0.01)
    assert gaussian[17] / gaussian.max() == pytest.approx(np.exp(-0.5 * (2.5**2 - 0.5**2) / (6 / 2.3548) ** 2), rel=1e-3)


def test_each_slice_is_displaced_in_its_plane_by_itself():
    disc = np.zeros((1, 60, 60, 40), np.float32)
    x, y = np.indices((60, 60)) - 29.5
    disc[0] = 100.0 * ndimage.gaussian_filter((np.hypot(x, y) < 12).astype(float), 1.0)[..., None]
    image = held_image(disc, plain_grid((60, 60, 40), spacing=(1.25, 1.25, 1.0), world="ras_mm"))
    still, moved = (DEGRADATION.apply(image, seed=5, thickness_mm=2.0, shift_mm=mm).array()[0] for mm in (0.0, 2.5))
    centers = np.array([ndimage.center_of_mass(moved[..., k]) for k in range(20)]) - 29.5
    assert np.abs([ndimage.center_of_mass(still[..., k]) for k in range(20)] - np.float64(29.5)).max() < 0.01
    assert (centers * 1.25).std() == pytest.approx(2.5, rel=0.35)  # of 40 draws
    assert moved.sum() == pytest.approx(still.sum(), rel=1e-3)


def test_any_axis_may_be_the_one_of_slices():
    samples = np.random.default_rng(1).normal(size=(2, 8, 6, 4)).astype(np.float32)
    image = held_image(samples, plain_grid((8, 6, 4), spacing=(1, 1, 1), world="ras_mm"))
    stack = DEGRADATION.apply(image, seed=0, thickness_mm=4.0, profile="box", axis=0)
    np.testing.assert_allclose(stack.array(), samples.reshape(2, 2, 4, 6, 4).mean(axis=2), atol=1e-6)
    assert stack.grid.spacing == (4, 1, 1)


@pytest.mark.parametrize(
    "options",
    [{"thickness_mm": 1.3}, {"thickness_mm": 0.0}, {"thickness_mm": 30.0}, {"profile": "sinc"}, {"axis": 3}, {"shift_mm": -1}],
)
def test_what_cannot_be_sliced_is_refused(options):
    image = held_image(np.zeros((1, 4, 4, 40), np.float32), plain_grid((4, 4, 40), spacing=(1, 1, 1), world="ras_mm"))
    with pytest.raises(SettingError):
        DEGRADATION.apply(image, seed=0, **options)


def test_pictures_and_pixels_without_a_size_are_refused():
    with pytest.raises(GeometryError, match="volume"):
        DEGRADATION.apply(held_image(np.zeros((1, 8, 8), np.float32), plain_grid((8, 8))), seed=0)
    with pytest.raises(GeometryError, match="millimetres"):
        DEGRADATION.apply(held_image(np.zeros((1, 8, 8, 8), np.float32), plain_grid((8, 8, 8))), seed=0)
