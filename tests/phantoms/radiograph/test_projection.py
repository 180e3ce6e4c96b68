"""Projection: lengths and transmission whose answers are done by hand."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms.body.tubes import ball, plate, tube
from isocenter.phantoms.radiograph.projection import Cloud, ellipsoid_chord, path_lengths, splat, transmission
from isocenter.phantoms.radiograph.settings import CHEST
from isocenter.phantoms.radiograph.view import View, stand

SHAPE = (40, 40)


def view(field=200.0, source=1000.0, film=0.0):
    return View(
        name="PA",
        source_mm=source,
        film_mm=film,
        axes=((1, 0, 0), (0, -1, 0), (0, 0, 1)),
        center=(0.0, 0.0),
        field_mm=(field, field),
    )


def slab(thickness):
    """A wall across the beam, its faces between samples."""
    return lambda x, y, z: {"slab": np.broadcast_to((np.abs(y + 0 * x + 0 * z) < thickness / 2).astype(np.float32), x.shape)}


@pytest.mark.parametrize("thickness", [0.0, 10.0, 80.0])
def test_a_slab_transmits_exp_of_minus_mu_times_its_thickness(thickness):
    far = view(field=4.0, source=1e6)  # parallel rays
    lengths = path_lengths(far, slab(thickness), SHAPE, np.arange(-99.5, 100, 1.0))
    np.testing.assert_allclose(lengths["slab"], thickness, rtol=1e-5)
    np.testing.assert_allclose(transmission(lengths, {"slab": 0.02}), np.exp(-0.02 * thickness), rtol=1e-5)


def test_two_materials_multiply():
    lengths = {"a": np.full(SHAPE, 10.0, np.float32), "b": np.full(SHAPE, 5.0, np.float32)}
    np.testing.assert_allclose(transmission(lengths, {"a": 0.1, "b": 0.2}), np.exp(-1.0) * np.exp(-1.0), rtol=1e-6)


def test_a_slanted_ray_crosses_more_of_a_slab():
    near = view(field=1000.0, source=500.0)
    lengths = path_lengths(near, slab(20.0), SHAPE, np.arange(-49.5, 50, 1.0))
    u, v = near.film(SHAPE)
    np.testing.assert_allclose(lengths["slab"], 20.0 * np.sqrt(1 + (u**2 + v**2) / 500.0**2), rtol=1e-4)


def test_the_chord_through_the_middle_of_a_ball_is_its_diameter():
    chord = ellipsoid_chord(view(film=100.0), (41, 41), (0.0, 0.0, 0.0), (30.0, 30.0, 30.0))
    assert chord[20, 20] == pytest.approx(60.0, rel=1e-5)
    assert chord[0, 0] == 0


def test_the_chord_of_an_ellipsoid_is_its_axis_along_the_beam():
    chord = ellipsoid_chord(view(film=100.0), (41, 41), (0.0, 0.0, 0.0), (20.0, 35.0, 10.0))
    assert chord[20, 20] == pytest.approx(70.0, rel=1e-5)


def test_a_thing_nearer_to_the_source_throws_a_larger_shadow():
    setting = view(film=100.0)
    back, front = (ellipsoid_chord(setting, (200, 200), (0.0, y, 0.0), (20.0, 20.0, 20.0)) > 0 for y in (60.0, -60.0))
    assert back.sum() > front.sum()


def test_a_cloud_keeps_its_volume():
    far = view(field=200.0, source=1e7)
    cloud = ball((5.0, 0.0, -7.0), (20.0, 30.0, 10.0), step_mm=2.0)
    shadow = splat(far, cloud, (100, 100))
    assert shadow.sum() * 2.0 * 2.0 == pytest.approx(4 / 3 * np.pi * 20 * 30 * 10, rel=1e-3)


def test_a_cloud_and_the_exact_chord_agree():
    setting, radii = view(film=100.0), (25.0, 25.0, 25.0)
    exact = ellipsoid_chord(setting, SHAPE, (0.0, 0.0, 0.0), radii)
    cloud = splat(setting, ball((0.0, 0.0, 0.0), radii, step_mm=0.8), SHAPE)
    inside = exact > 20
    assert np.abs(cloud - exact)[inside].mean() < 0.06 * exact[inside].mean()


def test_what_lies_outside_the_picture_is_left_out():
    cloud = Cloud(world=np.array([[500.0, 0.0, 0.0]]), volume=np.array([8.0]))
    assert splat(view(), cloud, SHAPE).sum() == 0


def test_nothing_gives_nothing():
    assert splat(view(), Cloud(world=np.zeros((0, 3)), volume=np.zeros(0)), SHAPE).sum() == 0


def test_places_go_onto_the_film_and_back():
    for name in CHEST["views"]:
        setting = stand(CHEST, name, center=(5.0, -3.0), field_mm=(300.0, 280.0), turn_deg=4.0, tilt_deg=-3.0, roll_deg=2.0)
        u, v = setting.film((30, 28))
        place = np.stack([c[4, 7] for c in setting.body(u, v, 35.0)])
        i, j, _ = setting.onto_pixels(place[None], (30, 28))
        assert (i[0], j[0]) == pytest.approx((4, 7), abs=2e-3), name


def test_the_left_of_the_patient_is_at_the_right_of_a_frontal_film():
    for name in ("PA", "AP", "AP Supine", "lordotic"):
        setting = stand(CHEST, name, center=(0, 0), field_mm=(300, 300), turn_deg=0, tilt_deg=0, roll_deg=0)
        assert setting.onto_film(np.array([[50.0, 0.0, 0.0]]))[0][0] > 0, name


def test_up_is_up():
    for name in CHEST["views"]:
        setting = stand(CHEST, name, center=(0, 0), field_mm=(300, 300), turn_deg=0, tilt_deg=0, roll_deg=0)
        assert setting.onto_film(np.array([[0.0, 0.0, 50.0]]))[1][0] < 0, name


def test_an_unknown_view_is_refused():
    with pytest.raises(PlanError, match="Did you mean"):
        stand(CHEST, "P", center=(0, 0), field_mm=(300, 300), turn_deg=0, tilt_deg=0, roll_deg=0)


def test_a_tube_has_the_volume_of_a_cylinder():
    cloud = tube([(0, 0, 0), (0, 0, 50)], 4.0, step_mm=1.0)
    assert cloud.volume.sum() == pytest.approx(np.pi * 16 * 50)
    assert np.hypot(cloud.world[:, 0], cloud.world[:, 1]).max() <= 4.0 + 1e-9


def test_a_flat_tube_keeps_its_volume_and_a_plate_has_area_times_thickness():
    assert tube([(0, 0, 0), (50, 0, 0)], 4.0, step_mm=1.0, flat=2.0).volume.sum() == pytest.approx(np.pi * 16 * 50)
    assert plate([(0, 0, 0), (30, 0, 0), (0, 40, 0)], 3.0, step_mm=1.0).volume.sum() == pytest.approx(600 * 3)
