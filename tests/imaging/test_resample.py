"""Resampling: borders stay where they are, places in the world too."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.imaging.resample import to_grid, zoom_to


def ramp(shape, spacing):
    """A volume whose value is the world coordinate along the first axis, and its grid."""
    grid = plain_grid(shape, spacing=spacing, world="ras_mm")
    values = np.broadcast_to((np.arange(shape[0]) * spacing[0])[:, None, None], shape)
    return values[None].astype(np.float32), grid


def test_half_the_samples_are_the_means_of_pairs():
    line = np.arange(8.0).reshape(1, 8, 1)
    np.testing.assert_allclose(zoom_to(line, (4, 1))[0, :, 0], [0.5, 2.5, 4.5, 6.5])


def test_labels_stay_labels(rng):
    labels = rng.integers(0, 5, (1, 9, 7)).astype(np.uint8)
    out = zoom_to(labels, (20, 20), order=0)
    assert out.dtype == np.uint8
    assert set(np.unique(out)) <= set(np.unique(labels))


def test_a_share_stays_about_the_same_when_seen_finer():
    half = np.zeros((1, 10, 10), np.uint8)
    half[:, :5] = 1
    assert zoom_to(half, (37, 23), order=0).mean() == pytest.approx(0.5, abs=0.03)


def test_the_same_shape_returns_the_array_itself():
    array = np.zeros((2, 4, 5))
    assert zoom_to(array, (4, 5)) is array


def test_a_world_coordinate_keeps_its_value_on_another_grid():
    values, source = ramp((20, 6, 5), (1.0, 1.0, 2.0))
    target = Grid(shape=(7, 4, 4), affine=as_affine(np.diag([2.5, 1.5, 1.0, 1.0])), world="ras_mm")
    out = to_grid(values, source, target)
    np.testing.assert_allclose(out[0, :, 1, 1], np.arange(7) * 2.5, atol=1e-4)


def test_a_flipped_axis_is_flipped_back():
    values, source = ramp((6, 4, 3), (1.0, 1.0, 1.0))
    flip = np.diag([-1.0, 1.0, 1.0, 1.0])
    flip[0, 3] = 5.0  # index 0 lies at 5 mm
    flipped = to_grid(values, source, Grid(shape=(6, 4, 3), affine=as_affine(flip), world="ras_mm"))
    np.testing.assert_allclose(flipped, values[:, ::-1], atol=1e-5)


def test_outside_the_field_of_view_is_filled():
    values, source = ramp((4, 3, 3), (1.0, 1.0, 1.0))
    far = np.eye(4)
    far[0, 3] = 100.0
    out = to_grid(values, source, Grid(shape=(4, 3, 3), affine=as_affine(far), world="ras_mm"), fill=-7.0)
    assert (out == -7).all()


def test_two_worlds_are_refused():
    values, source = ramp((4, 3, 3), (1.0, 1.0, 1.0))
    with pytest.raises(GeometryError, match="one world"):
        to_grid(values[..., 0], plain_grid((4, 3)), plain_grid((4, 3), spacing=(1, 1), world="plane_mm"))
    assert to_grid(values, source, source) is values
