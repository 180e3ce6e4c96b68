"""Planes to one affine."""

from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.io.dicom_geometry import Plane, place_groups, stack_planes

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
HERE = Path("series")


def _axial(heights: list[float]) -> list[Plane]:
    return [Plane(position=(0.0, 0.0, z), orientation=AXIAL, spacing=(0.5, 0.4)) for z in heights]


def test_slices_are_ordered_along_the_normal() -> None:
    stack = stack_planes(_axial([4.0, 0.0, 2.0]), HERE, thickness_mm=9)
    assert stack.order == (1, 2, 0)
    np.testing.assert_allclose(stack.affine, [[-0.4, 0, 0, 0], [0, -0.5, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]])


def test_a_single_slice_has_the_thickness_stated() -> None:
    assert np.linalg.norm(stack_planes(_axial([1.0]), HERE, thickness_mm=7).affine[:3, 2]) == pytest.approx(7)


def test_positions_with_few_digits_are_even_enough() -> None:
    stack = stack_planes(_axial([round(k * 1.25, 1) for k in range(40)]), HERE, thickness_mm=1)
    assert np.linalg.norm(stack.affine[:3, 2]) == pytest.approx(1.25, abs=0.01)


def test_another_orientation_in_the_series_is_refused() -> None:
    planes = [*_axial([0.0, 1.0]), Plane(position=(0, 0, 2.0), orientation=(1, 0, 0, 0, 0, 1), spacing=(0.5, 0.4))]
    with pytest.raises(FileError, match="1 of 3 turned otherwise"):
        stack_planes(planes, HERE, thickness_mm=1)


def test_another_pixel_spacing_in_the_series_is_refused() -> None:
    planes = [*_axial([0.0, 1.0]), Plane(position=(0, 0, 2.0), orientation=AXIAL, spacing=(0.6, 0.4))]
    with pytest.raises(FileError, match="one pixel spacing"):
        stack_planes(planes, HERE, thickness_mm=1)


def test_frames_in_one_place_are_grouped() -> None:
    assert place_groups(_axial([2.0, 0.0, 2.0, 0.0])) == [[1, 3], [0, 2]]
