"""Pictures lie upright: X is the column, the patient's right on the left, anterior and superior up."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.figures.orient import View, middle, planes, upright, where

AXES = {"R": (0, 1), "L": (0, -1), "A": (1, 1), "P": (1, -1), "S": (2, 1), "I": (2, -1)}


def grid_of(code: str, shape: tuple[int, int, int], spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Grid:
    """A grid whose axes point where the code says."""
    matrix = np.zeros((4, 4))
    matrix[3, 3] = 1
    for axis, letter in enumerate(code):
        row, sign = AXES[letter]
        matrix[row, axis] = sign * spacing[axis]
    return Grid(shape=shape, affine=as_affine(matrix), world="ras_mm")


def blob(code: str, toward: str) -> tuple[np.ndarray, Grid]:
    """A volume that is bright at the end of the patient that `toward` names."""
    shape = (9, 11, 13)
    grid = grid_of(code, shape)
    place = [n // 2 for n in shape]
    axis = next(a for a, letter in enumerate(code) if AXES[letter][0] == AXES[toward][0])
    place[axis] = shape[axis] - 1 if code[axis] == toward else 0
    volume = np.zeros(shape)
    volume[tuple(place)] = 1
    return volume, grid


def test_x_of_a_picture_is_its_column():
    samples = np.arange(5 * 3).reshape(5, 3)  # X = 5, Y = 3
    picture = upright(samples, plain_grid((5, 3)), View(plane="picture"))
    assert picture.samples.shape == (3, 5)
    assert picture.samples[1, 4] == samples[4, 1]


def test_a_color_picture_keeps_its_channels_last():
    samples = np.arange(3 * 5 * 2).reshape(3, 5, 2)
    picture = upright(samples, plain_grid((5, 2)), View(plane="picture"))
    assert picture.samples.shape == (2, 5, 3)
    assert (picture.samples[1, 4] == samples[:, 4, 1]).all()


@pytest.mark.parametrize("code", ["RAS", "LPS", "LAS", "RPI", "ASR", "SLP", "PIR"])
@pytest.mark.parametrize(
    ("plane", "toward", "edge"),
    [
        ("axial", "R", "left"),
        ("axial", "A", "top"),
        ("coronal", "R", "left"),
        ("coronal", "S", "top"),
        ("sagittal", "A", "left"),
        ("sagittal", "S", "top"),
    ],
)
def test_every_orientation_comes_out_in_radiological_convention(code, plane, toward, edge):
    volume, grid = blob(code, toward)
    picture = upright(volume, grid, middle(grid, plane))
    row, column = np.argwhere(picture.samples)[0]
    assert (column if edge == "left" else row) == 0
    assert picture.letters[0 if edge == "left" else 2] == toward


def test_aspect_is_the_height_of_a_sample_over_its_width():
    grid = grid_of("RAS", (10, 10, 10), (0.5, 1.0, 4.0))
    assert upright(np.zeros(grid.shape), grid, middle(grid, "axial")).aspect == pytest.approx(2.0)
    assert upright(np.zeros(grid.shape), grid, middle(grid, "coronal")).aspect == pytest.approx(8.0)
    assert upright(np.zeros(grid.shape), grid, middle(grid, "sagittal")).aspect == pytest.approx(4.0)


def test_aspect_follows_the_axes_when_they_are_exchanged():
    grid = grid_of("ARS", (10, 10, 10), (1.0, 0.5, 4.0))
    assert upright(np.zeros(grid.shape), grid, middle(grid, "axial")).aspect == pytest.approx(2.0)


def test_the_thick_axis_names_the_first_plane():
    assert planes(grid_of("RAS", (10, 10, 10), (1, 5, 1)))[0] == "coronal"
    assert planes(grid_of("RAS", (10, 10, 10)))[0] == "axial"
    assert planes(plain_grid((4, 4, 4))) == ("section",)


def test_a_stack_without_a_patient_has_sections_and_no_letters():
    grid = plain_grid((4, 5, 6))
    stack = np.zeros(grid.shape)
    stack[3, 1, 2] = 1
    picture = upright(stack, grid, View(plane="section", index=2))
    assert picture.samples.shape == (5, 4)
    assert picture.samples[1, 3] == 1
    assert picture.letters == ("", "", "", "")
    assert where(View(plane="section", index=2), grid) == "section 3 of 6"


def test_samples_of_another_shape_are_refused():
    with pytest.raises(GeometryError, match="expected samples of shape"):
        upright(np.zeros((4, 4)), plain_grid((4, 5)), View(plane="picture"))
