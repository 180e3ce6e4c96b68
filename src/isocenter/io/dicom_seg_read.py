"""DICOM SEG -> labels.

In:   a Segmentation object: binary, fractional or label map.
Out:  Image (1, X, Y, Z) of class indices, or (K - 1, X, Y, Z) regions where they may overlap, in `ras_mm`; for a picture without a
      place in the patient (1, X, Y) in `px`.
Rule: a segment is the class whose name is its label (case, space and underscore aside); if no label is a name, its number is the
      class. Fractions count from one half. The grid spans the frames present; absent ones between them are background. `placed_on`
      widens it to the image's grid.
Not:  no resampling onto the image the SEG was drawn on (imaging/resample.py; `check --fix`).

Reference: DICOM PS3.3 A.51, C.8.20
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.io.damage import names_damage
from isocenter.io.dicom_geometry import stack_planes
from isocenter.io.dicom_header import get, number, numbers, read_dataset, refuse_without_image
from isocenter.io.dicom_multiframe import frame_planes, functional, tile_mosaic
from isocenter.io.dicom_pixels import frame_count, stored_pixels

_LABELMAP = "1.2.840.10008.5.1.4.1.1.66.7"
_POSITION_MM = 0.05
_OFFSET_SHARE = 0.05  # of a sample


class _Layout(Record):
    """Where each frame of a SEG goes."""

    grid: Grid
    slices: tuple[int, ...]
    """Slice of each frame."""
    segments: tuple[int, ...]
    """Segment number of each frame; 0 in a label map, whose values say it."""
    corners: tuple[tuple[int, int], ...] = ()
    """First row and column of each frame, for tiles of a slide."""


@names_damage
def open_segments(path: Path, names: tuple[str, ...], *, overlapping: bool = False) -> Image:
    """Open a SEG, header only. FileError if it has segments beyond the names, or no regular grid."""
    ds = read_dataset(path)
    refuse_without_image(ds, path)
    layout = _layout(ds, path)
    classes = segment_classes(ds, names, path)
    channels = names[1:] if overlapping else ("label",)
    load = partial(load_segments, path, tuple(sorted(classes.items())), len(names), overlapping)
    return Image(grid=layout.grid, unit="1", channels=channels, load=load)


def placed_on(image: Image, grid: Grid) -> Image:
    """Return a SEG's labels on the grid of the image it was drawn on; unchanged if they do not lie on its samples.

    A SEG leaves out empty frames, so its own grid is a part of the image's.
    """
    own = image.grid
    d = own.ndim
    if d == 2 and own.world == "px" and own.shape == grid.shape:  # a radiograph's: the SEG has its samples and no place
        return Image(grid=grid, unit=image.unit, channels=image.channels, load=image.load)
    if own.same_as(grid) or own.world != grid.world or d != grid.ndim:
        return image
    if not np.allclose(own.matrix[:d, :d], grid.matrix[:d, :d], atol=1e-2 * min(own.spacing)):
        return image
    start = grid.to_index(own.matrix[:d, d])[0]
    corner = np.round(start).astype(int)
    fits = (corner >= 0).all() and (corner + np.array(own.shape) <= np.array(grid.shape)).all()
    if not fits or np.abs(start - corner).max() > _OFFSET_SHARE:
        return image
    load = partial(load_placed, image, tuple(int(c) for c in corner), grid.shape)
    return Image(grid=grid, unit=image.unit, channels=image.channels, load=load)


def load_placed(image: Image, corner: tuple[int, ...], shape: tuple[int, ...]) -> NDArray[Any]:
    """Read labels into a larger array of background, (C, *shape)."""
    samples = image.array()
    whole = np.zeros((samples.shape[0], *shape), samples.dtype, order="F")  # as the frames lie in memory
    whole[(slice(None), *(slice(c, c + n) for c, n in zip(corner, samples.shape[1:], strict=True)))] = samples
    return whole


def segment_classes(ds: pydicom.Dataset, names: tuple[str, ...], path: Path) -> dict[int, int]:
    """Segment number -> class index. FileError for a segment that is none of the names."""
    described = {int(s.SegmentNumber): str(get(s, "SegmentLabel", "")) for s in get(ds, "SegmentSequence", ())}
    described.pop(0, None)  # a label map may describe its background
    known = {_plain(name): index for index, name in enumerate(names)}
    by_label = {n: known[_plain(label)] for n, label in described.items() if _plain(label) in known}
    if len(by_label) == len(described):
        return by_label
    if by_label or any(n >= len(names) for n in described):
        listed = ", ".join(f"{n} {label!r}" for n, label in sorted(described.items()))
        raise FileError(f"{path}: expected segments named {', '.join(names[1:])}, got {listed}. Name the classes so in the study.")
    return {n: n for n in described}


@names_damage
def load_segments(path: Path, classes: tuple[tuple[int, int], ...], count: int, overlapping: bool) -> NDArray[Any]:
    """Read labels (1, *S) uint8 or uint16, or regions (K - 1, *S) bool. FileError if regions overlap that may not."""
    ds = read_dataset(path, pixels=True)
    layout = _layout(ds, path)
    table = dict(classes)
    frames = stored_pixels(ds, path)  # (F, rows, columns)
    top = number(ds, "MaximumFractionalValue", 1.0) if get(ds, "SegmentationType") == "FRACTIONAL" else 1.0
    shape = layout.grid.shape
    space = (shape[2] if len(shape) == 3 else 1, shape[1], shape[0])  # (Z, rows, columns): frames are written as they lie
    kind = np.bool_ if overlapping else np.uint8 if count <= 256 else np.uint16
    kept: NDArray[Any] = np.zeros((count - 1 if overlapping else 1, *space), kind)
    for k, frame in enumerate(frames):
        row, column = layout.corners[k] if layout.corners else (0, 0)
        place = (layout.slices[k], slice(row, row + frame.shape[0]), slice(column, column + frame.shape[1]))
        for segment, inside in _regions(frame, layout.segments[k], top).items():
            if segment not in table:
                raise FileError(f"{path}: expected segments {sorted(table)}, got also {segment}, which the SEG does not describe.")
            view = kept[(table[segment] - 1 if overlapping else 0, *place)]
            part = inside[: view.shape[0], : view.shape[1]]
            if overlapping:
                view |= part
            elif view[part].any():
                raise FileError(f"{path}: expected one class a voxel, got some that overlap. Set overlapping: true on the target.")
            else:
                view[part] = table[segment]
    samples = kept.transpose(0, 3, 2, 1)  # (1 or K - 1, X, Y, Z)
    return samples if layout.grid.ndim == 3 else samples[..., 0]


def _regions(frame: NDArray[Any], segment: int, top: float) -> dict[int, NDArray[np.bool_]]:
    """Segment number -> where it lies in one frame (rows, columns). segment : 0 in a label map, whose values say it"""
    if segment:
        return {segment: np.asarray(frame > 0 if top == 1 else frame * 2.0 >= top)}
    return {int(v): np.asarray(frame == v) for v in np.unique(frame) if v > 0}


def _layout(ds: pydicom.Dataset, path: Path) -> _Layout:
    """Read where frames lie and what they segment."""
    frames = frame_count(ds)
    segments = tuple(_segment_number(ds, k) for k in range(frames))
    tiles = tile_mosaic(ds) if get(ds, "TotalPixelMatrixRows") is not None else None
    if tiles is not None:
        grid = plain_grid((tiles.columns, tiles.rows))
        return _Layout(grid=grid, slices=(0,) * frames, segments=segments, corners=tiles.corners)
    planes = frame_planes(ds)
    if planes is None:
        if frames > len(set(segments)):
            raise FileError(f"{path}: expected frames that say where they lie, got {frames} without places. Export the SEG again.")
        grid = plain_grid((int(ds.Columns), int(ds.Rows)))
        return _Layout(grid=grid, slices=(0,) * frames, segments=segments)
    normal = planes[0].normal
    heights = np.array([float(np.dot(p.position, normal)) for p in planes])
    distinct = [heights.min()]
    for height in np.sort(heights):
        if height - distinct[-1] > _POSITION_MM:
            distinct.append(height)
    measures = functional(ds, 0, "PixelMeasuresSequence") or {}
    step = _step(np.array(distinct), number(measures, "SpacingBetweenSlices", number(measures, "SliceThickness", 1.0)))
    places = np.round((heights - distinct[0]) / step).astype(int)
    if np.abs((heights - distinct[0]) / step - places).max() > 0.1:
        raise FileError(f"{path}: expected frames at multiples of {step:.3f} mm, got uneven gaps. Export the SEG again.")
    first = stack_planes([planes[int(np.argmin(heights))]], path, thickness_mm=step)
    shape = (int(ds.Columns), int(ds.Rows), int(places.max()) + 1)
    grid = Grid(shape=shape, affine=as_affine(first.affine), world="ras_mm")
    return _Layout(grid=grid, slices=tuple(int(p) for p in places), segments=segments)


def _step(distinct: NDArray[np.float64], stated_mm: float) -> float:
    """Distance between slices: the smallest gap between frames, or what is stated if all gaps are multiples of that."""
    if len(distinct) < 2:
        return abs(stated_mm) or 1.0
    gaps = np.diff(distinct)
    smallest = float(gaps.min())
    stated = abs(stated_mm)
    if 0 < stated < smallest * 1.05 and np.allclose(gaps / stated, np.round(gaps / stated), atol=0.05):
        whole = np.round((distinct[-1] - distinct[0]) / stated)
        return float((distinct[-1] - distinct[0]) / whole)
    whole = np.round((distinct[-1] - distinct[0]) / smallest)
    return float((distinct[-1] - distinct[0]) / whole)


def _segment_number(ds: pydicom.Dataset, frame: int) -> int:
    """Segment a frame belongs to; 0 in a label map."""
    if str(get(ds, "SOPClassUID")) == _LABELMAP:
        return 0
    item = functional(ds, frame, "SegmentIdentificationSequence")
    found = numbers({"n": [number(item or {}, "ReferencedSegmentNumber", 1)]}, "n", 1)
    return int(found[0]) if found else 1


def _plain(name: str) -> str:
    """A name without case, spaces and underscores."""
    return "".join(c for c in name.lower() if c.isalnum())
