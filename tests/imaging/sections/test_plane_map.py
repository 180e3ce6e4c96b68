"""Maps of planes: forth and back is nowhere, a stretch is its determinant."""

import numpy as np
import pytest

from isocenter.imaging.sections.plane_map import PlaneMap, affine_map, look_up, mirrored, no_map, scale_of

AT = np.arange(40) * 10.0


def waved(height: float) -> PlaneMap:
    x, y = np.meshgrid(AT, AT, indexing="ij")
    field = height * np.stack([np.sin(y / 60), np.cos(x / 60)])
    matrix = np.array([[0.9, -0.4], [0.4, 0.9]])
    return PlaneMap(matrix=matrix, offset=np.array([30.0, -5.0]), field=field, origin=(0.0, 0.0), step=10.0)


def test_forth_and_back_is_where_one_was():
    places = np.random.default_rng(0).uniform(20, 370, (50, 2))
    made = waved(15.0)
    np.testing.assert_allclose(made.move_back(made.move(places)), places, atol=0.05)
    np.testing.assert_array_equal(no_map().move(places), places)
    assert made.move(np.zeros((0, 2))).shape == made.move_back(np.zeros((0, 2))).shape == (0, 2)


def test_where_a_field_folds_there_is_no_way_back():
    found = waved(150.0).move_back(np.array([[100.0, 100.0], [200.0, 150.0], [60.0, 300.0]]))
    assert np.isnan(found).any()
    assert waved(150.0).jacobian().min() < 0 < waved(15.0).jacobian().min()


def test_a_stretch_has_its_area_as_determinant_and_an_affine_none():
    x, y = np.meshgrid(AT, AT, indexing="ij")
    stretched = PlaneMap(
        matrix=np.eye(2) * 3, offset=np.zeros(2), field=np.stack([0.2 * x, -0.1 * y]), origin=(0.0, 0.0), step=10.0
    )
    np.testing.assert_allclose(stretched.jacobian(), 1.2 * 0.9)
    assert affine_map(2 * np.eye(2), np.zeros(2)).jacobian().tolist() == [[1.0]]
    assert scale_of(affine_map([[0, -2.0], [0.5, 0]], (0, 0))) == pytest.approx((0.5, 2.0))


def test_a_mirror_image_lies_the_other_way_round():
    over = mirrored(affine_map(np.eye(2), (5.0, 0.0)), 100.0)
    np.testing.assert_allclose(over.move([[10.0, 20.0]]), [[85.0, 20.0]])


def test_samples_are_looked_up_where_the_map_says():
    samples = np.zeros((1, 10, 8))
    samples[0, 6, 3] = 1.0
    found = look_up(affine_map(np.eye(2), (8.0, -4.0)), samples, 4.0, (10, 8))
    assert found[0, 4, 4] == pytest.approx(1.0)
    assert found.sum() == pytest.approx(1.0)
