"""Where DICOM frames lie: positions and orientations -> one affine.

In:   per frame, its ImagePositionPatient, ImageOrientationPatient and PixelSpacing (LPS, millimetres).
Out:  the order of the frames and an affine from (column, row, slice) to RAS; spacing between slices from positions only.
Not:  SliceThickness and SpacingBetweenSlices are not believed where positions exist.

Reference: DICOM PS3.3 C.7.6.2.1.1
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.record import Record
from isocenter.io.metaimage import LPS_TO_RAS

_GAP_SHARE = 0.05  # of the spacing
_ROUNDING_MM = 0.11  # positions are often written with one digit
_TILT_DEG = 0.5
_SAME_MM = 0.01


class Plane(Record):
    """Where one frame lies (LPS, mm)."""

    position: tuple[float, ...]
    orientation: tuple[float, ...]
    """Direction of growing column index, then of growing row index."""
    spacing: tuple[float, ...]
    """Between rows, between columns: DICOM's order."""

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit vector across the plane."""
        across = np.cross(self.orientation[:3], self.orientation[3:])
        return np.asarray(across / np.linalg.norm(across))


class Stack(Record):
    """Frames as one volume."""

    order: tuple[int, ...]
    """Index of the frame that becomes slice 0, 1, …: along the normal."""
    affine: NDArray[np.float64]
    """(column, row, slice) -> RAS mm."""


def stack_planes(planes: Sequence[Plane], path: Path, *, thickness_mm: float) -> Stack:
    """Order frames along their normal and derive the affine. FileError for what is no regular stack.

    thickness_mm : extent across a single frame, used only when there is one
    """
    _refuse_mixed(planes, path)
    first = planes[0]
    heights = np.array([np.dot(plane.position, first.normal) for plane in planes])
    order = np.argsort(heights, kind="stable")
    if len(planes) == 1:
        step = first.normal * (thickness_mm if thickness_mm > 0 else 1.0)
    else:
        _refuse_irregular(heights[order], path)
        positions = np.array([planes[k].position for k in order])
        step = (positions[-1] - positions[0]) / (len(planes) - 1)
        _refuse_tilt(step, first, path)
    matrix = np.eye(4)
    matrix[:3, 0] = np.array(first.orientation[:3]) * first.spacing[1]
    matrix[:3, 1] = np.array(first.orientation[3:]) * first.spacing[0]
    matrix[:3, 2] = step
    matrix[:3, 3] = planes[int(order[0])].position
    matrix[:3] = LPS_TO_RAS @ matrix[:3]
    return Stack(order=tuple(int(k) for k in order), affine=matrix)


def place_groups(planes: Sequence[Plane]) -> list[list[int]]:
    """Group the indices of frames that lie in one place, in order along the normal of the first."""
    heights = [float(np.dot(plane.position, planes[0].normal)) for plane in planes]
    groups: list[list[int]] = []
    for k in np.argsort(heights, kind="stable"):
        if groups and abs(heights[int(k)] - heights[groups[-1][0]]) < _SAME_MM:
            groups[-1].append(int(k))
        else:
            groups.append([int(k)])
    return groups


def _refuse_mixed(planes: Sequence[Plane], path: Path) -> None:
    """All frames must share orientation and pixel spacing."""
    first = planes[0]
    turned = [k for k, p in enumerate(planes) if not np.allclose(p.orientation, first.orientation, atol=1e-3)]
    if turned:
        raise FileError(
            f"{path}: expected slices of one orientation, got {len(turned)} of {len(planes)} turned otherwise (a localizer, or "
            "several views in one series). Put each orientation in a folder of its own."
        )
    if any(not np.allclose(p.spacing, first.spacing, rtol=1e-3) for p in planes):
        raise FileError(f"{path}: expected one pixel spacing, got several. Put each reconstruction in a folder of its own.")
    row, column = np.array(first.orientation[:3]), np.array(first.orientation[3:])
    if abs(np.dot(row, column)) > 1e-3 or not np.allclose([np.linalg.norm(row), np.linalg.norm(column)], 1, atol=1e-2):
        raise FileError(f"{path}: expected row and column directions at right angles, got {first.orientation}. Export it again.")
    if min(first.spacing) <= 0:
        raise FileError(f"{path}: expected a pixel spacing above 0 mm, got {first.spacing}. Export it again.")


def _refuse_irregular(heights: NDArray[np.float64], path: Path) -> None:
    """Neighbours must be equally far apart."""
    gaps = np.diff(heights)
    twice = int((gaps < _SAME_MM).sum())
    if twice:
        raise FileError(
            f"{path}: expected one slice a position, got {twice} positions more than once (several phases, echoes or copies in one "
            "series). Put each phase in a folder of its own, or remove the copies."
        )
    usual = float(np.median(gaps))
    off = np.flatnonzero(np.abs(gaps - usual) > max(_GAP_SHARE * usual, min(_ROUNDING_MM, usual / 4)))
    if off.size:
        shown = ", ".join(f"{gaps[k]:.2f} mm after slice {k + 1}" for k in off[:5]) + (" …" if off.size > 5 else "")
        missing = round(sum(max(0.0, gaps[k] / usual - 1) for k in off))
        said = f"about {missing} slices are missing" if missing else "the slices are unevenly spaced"
        raise FileError(
            f"{path}: expected {len(heights)} slices {usual:.2f} mm apart, got {shown}; {said}. "
            "Fetch the series again; if it was acquired so, resample it to even spacing in the program that wrote it."
        )


def _refuse_tilt(step: NDArray[np.float64], plane: Plane, path: Path) -> None:
    """The stack must run along the normal of its slices."""
    cosine = float(np.clip(np.dot(step, plane.normal) / np.linalg.norm(step), -1, 1))
    angle = float(np.degrees(np.arccos(cosine)))
    if angle > _TILT_DEG:
        raise GantryTilt(
            f"{path}: expected slices stacked along their normal, got a shear of {angle:.1f}° (gantry tilt). Lengths and volumes "
            "would be wrong. Resample it to a straight grid first, for example with dcm2niix, and give the NIfTI file it writes."
        )


class GantryTilt(FileError, GeometryError):
    """A CT series acquired with a tilted gantry."""
