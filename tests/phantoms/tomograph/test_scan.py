"""The scanner: noise, blur and calibration known by construction."""

import numpy as np
import pytest

from isocenter.phantoms.tomograph.box import Box
from isocenter.phantoms.tomograph.fields import smooth_field
from isocenter.phantoms.tomograph.scan import Scanner, clean_scan, draw_noise, store
from isocenter.phantoms.tomograph.tubes import Segment, paint_tubes

BOX = Box(shape=(32, 32, 16), spacing_mm=(2.0, 2.0, 2.0))


def scanner(**numbers):
    plain = {"psf_mm": 0.8, "slice_mm": 2.0, "sharpen": 0.0, "noise_hu": 20.0, "grain_mm": 0.0, "ramp": 0.0, "offset_hu": 0.0}
    return Scanner(name="s", **{**plain, **numbers})


@pytest.mark.parametrize("numbers", [{}, {"slice_mm": 8.0}, {"psf_mm": 2.0}, {"sharpen": 0.5}])
def test_a_scan_of_one_density_is_that_density(numbers):
    image = clean_scan(np.full(BOX.finer(2).shape, 40.0, np.float32), BOX, 2, scanner(**numbers))
    np.testing.assert_allclose(image, 40.0, atol=1e-3)


def test_blur_keeps_the_mass_of_a_small_thing():
    fine = np.zeros(BOX.finer(2).shape, np.float32)
    fine[30:34, 30:34, 14:18] = 800.0
    for numbers in ({}, {"psf_mm": 2.5, "slice_mm": 6.0}):
        assert clean_scan(fine, BOX, 2, scanner(**numbers)).sum() == pytest.approx(fine.sum() / 8, rel=0.01)


def test_a_thick_slice_blurs_along_z_only():
    fine = np.zeros(BOX.finer(2).shape, np.float32)
    fine[..., 16:] = 100.0
    thin, thick = (clean_scan(fine, BOX, 2, scanner(slice_mm=mm))[16, 16] for mm in (2.0, 9.0))
    assert np.abs(np.diff(thick)).max() < 0.6 * np.abs(np.diff(thin)).max()
    fine = np.moveaxis(fine, 2, 0).repeat(2, 0)[:64].repeat(2, 2)[:, :64, :32]
    across = [clean_scan(np.ascontiguousarray(fine), BOX, 2, scanner(slice_mm=mm))[:, 16, 8] for mm in (2.0, 9.0)]
    np.testing.assert_allclose(*across, atol=1e-3)


def test_calibration_errs_in_air_and_not_in_water():
    for hu, error in ((-1000.0, 12.0), (0.0, 0.0), (40.0, 0.0)):
        image = clean_scan(np.full(BOX.finer(1).shape, hu, np.float32), BOX, 1, scanner(offset_hu=12.0))
        np.testing.assert_allclose(image - hu, error, atol=1e-3)


def test_noise_has_the_sd_of_the_scanner_in_the_middle_and_less_in_air(rng):
    x, y, _ = BOX.mesh()
    inside = np.broadcast_to((np.hypot(x, y) < 22).astype(np.float32), BOX.shape)
    noise = draw_noise(BOX, scanner(noise_hu=30.0), rng, inside)
    assert noise[12:20, 12:20].std() == pytest.approx(30, rel=0.1)
    assert noise[:3, :3].std() < 0.75 * noise[12:20, 12:20].std()
    assert abs(noise.mean()) < 1.0


def test_grain_correlates_neighbors_and_a_sharp_kernel_opposes_them(rng):
    inside = np.ones(BOX.shape, np.float32)
    next_to = {}
    for name, numbers in {"white": {}, "soft": {"grain_mm": 2.0}, "sharp": {"ramp": 0.8}}.items():
        noise = draw_noise(BOX, scanner(**numbers), rng, inside)
        next_to[name] = np.corrcoef(noise[1:].ravel(), noise[:-1].ravel())[0, 1]
    assert next_to["soft"] > 0.5
    assert abs(next_to["white"]) < 0.05
    assert next_to["sharp"] < -0.03


def test_stored_numbers_are_whole_and_clipped():
    assert store(np.array([-2000.0, 0.4, 9000.0], np.float32)).tolist() == [-1024, 0, 3071]


def test_a_smooth_field_is_the_same_at_another_voxel_size():
    coarse = smooth_field(BOX, np.random.default_rng(0), 8.0)
    fine = smooth_field(BOX.finer(2), np.random.default_rng(0), 8.0)
    assert np.corrcoef(BOX.average(fine, 2).ravel(), coarse.ravel())[0, 1] > 0.98


@pytest.mark.parametrize("radius", [0.4, 1.5, 4.0])
def test_a_tube_has_the_volume_of_its_cylinder(radius):
    occupancy = np.zeros(BOX.shape, np.float32)
    paint_tubes(BOX, occupancy, [Segment(start=np.array([0.3, 0.2, -60.0]), end=np.array([0.3, 0.2, 60.0]), radius_mm=radius)])
    assert occupancy.sum() * 8 == pytest.approx(np.pi * radius**2 * 32, rel=0.25 if radius < 1 else 0.1)


def test_a_tube_outside_of_the_box_leaves_it_empty():
    occupancy = np.zeros(BOX.shape, np.float32)
    paint_tubes(BOX, occupancy, [Segment(start=np.array([200.0, 0, 0]), end=np.array([220.0, 0, 0]), radius_mm=3.0)])
    assert occupancy.sum() == 0
