"""Multi-frame DICOM: enhanced CT and MR, ultrasound and angiography loops, slide tiles.

In:   one data set of several frames, header only.
Out:  how its frames become an image: slices of a volume, times of a loop, tiles of a slide, or channels.
Rule: in this order. Tiles with a place in a total pixel matrix are laid out; frames with different positions are slices (sorted
      along their normal; frames sharing a position become channels, one a dimension index); frames with a frame time are a
      loop; anything else is channels, in file order.

Reference: DICOM PS3.3 C.7.6.16, C.7.6.5, C.8.12.4
"""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom

from isocenter.core.errors import FileError
from isocenter.core.record import Record
from isocenter.io.dicom_geometry import Plane, Stack, place_groups, stack_planes
from isocenter.io.dicom_header import get, number, numbers
from isocenter.io.dicom_pixels import frame_count


class FrameVolume(Record):
    """Frames as slices: order[c][z] is the frame of channel c, slice z."""

    order: tuple[tuple[int, ...], ...]
    stack: Stack


class Mosaic(Record):
    """Frames as tiles of one large picture."""

    rows: int
    columns: int
    corners: tuple[tuple[int, int], ...]
    """(row, column) of each frame's first pixel, from 0."""


def functional(ds: pydicom.Dataset, frame: int, group: str) -> Any:
    """Return a functional group's item, of the frame or shared; None if there is neither."""
    for where in (_item(get(ds, "PerFrameFunctionalGroupsSequence"), frame), _item(get(ds, "SharedFunctionalGroupsSequence"), 0)):
        found = _item(get(where, group), 0) if where is not None else None
        if found is not None:
            return found
    return None


def frame_planes(ds: pydicom.Dataset) -> list[Plane] | None:
    """Where each frame lies; None unless every frame says."""
    planes = []
    for k in range(frame_count(ds)):
        position = numbers(functional(ds, k, "PlanePositionSequence") or {}, "ImagePositionPatient", 3)
        orientation = numbers(functional(ds, k, "PlaneOrientationSequence") or {}, "ImageOrientationPatient", 6)
        spacing = numbers(functional(ds, k, "PixelMeasuresSequence") or {}, "PixelSpacing", 2)
        if position is None or orientation is None or spacing is None:
            return None
        planes.append(Plane(position=position, orientation=orientation, spacing=spacing))
    return planes


def frame_volume(ds: pydicom.Dataset, path: Path) -> FrameVolume | None:
    """Frames as slices; None if they do not say where they lie. FileError if they make no regular stack."""
    planes = frame_planes(ds)
    if planes is None:
        return None
    groups = place_groups(planes)
    count = len(groups[0])
    if any(len(group) != count for group in groups):
        raise FileError(
            f"{path}: expected as many frames at each position, got {sorted({len(g) for g in groups})}. Export one each."
        )
    measures = functional(ds, 0, "PixelMeasuresSequence") or {}
    thickness = number(measures, "SpacingBetweenSlices", number(measures, "SliceThickness", 1.0))
    stack = stack_planes([planes[group[0]] for group in groups], path, thickness_mm=thickness)
    ordered = [groups[k] for k in stack.order]
    return FrameVolume(order=tuple(tuple(group[c] for group in ordered) for c in range(count)), stack=stack)


def frame_rescale(ds: pydicom.Dataset) -> tuple[list[float], list[float]]:
    """Slope and intercept of each frame; of the data set where frames have none; 1 and 0 where nothing is said."""
    slopes, intercepts = [], []
    for k in range(frame_count(ds)):
        item = functional(ds, k, "PixelValueTransformationSequence") or ds
        slopes.append(number(item, "RescaleSlope", 1.0))
        intercepts.append(number(item, "RescaleIntercept", 0.0))
    return slopes, intercepts


def loop_times(ds: pydicom.Dataset) -> tuple[float, ...]:
    """Times of a loop's frames in seconds; empty if the file states none."""
    frames = frame_count(ds)
    steps = numbers(ds, "FrameTimeVector", frames)
    if steps is not None:
        return tuple(float(t) for t in np.cumsum(steps) / 1000)
    step = number(ds, "FrameTime", 0.0) / 1000
    rate = number(ds, "CineRate", number(ds, "RecommendedDisplayFrameRate", 0.0))
    if step <= 0 and rate > 0:
        step = 1 / rate
    return tuple(k * step for k in range(frames)) if step > 0 else ()


def tile_mosaic(ds: pydicom.Dataset) -> Mosaic | None:
    """Tiles of a slide; None if the frames are none."""
    rows, columns = int(number(ds, "TotalPixelMatrixRows", 0)), int(number(ds, "TotalPixelMatrixColumns", 0))
    if not rows or not columns:
        return None
    corners = []
    across = -(-columns // int(ds.Columns))
    full = get(ds, "DimensionOrganizationType") == "TILED_FULL"
    for k in range(frame_count(ds)):
        place = functional(ds, k, "PlanePositionSlideSequence")
        if place is not None:
            row = int(number(place, "RowPositionInTotalImagePixelMatrix", 1)) - 1
            column = int(number(place, "ColumnPositionInTotalImagePixelMatrix", 1)) - 1
        elif full:
            row, column = (k // across) * int(ds.Rows), (k % across) * int(ds.Columns)
        else:
            return None
        corners.append((row, column))
    once = len(set(corners)) == len(corners)
    inside = all(0 <= row < rows and 0 <= column < columns for row, column in corners)
    return Mosaic(rows=rows, columns=columns, corners=tuple(corners)) if once and inside else None


def _item(sequence: Any, index: int) -> Any:
    """One item of a sequence; None where there is none."""
    return sequence[index] if sequence is not None and index < len(sequence) else None
