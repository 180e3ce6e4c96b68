"""One DICOM file as an image.

In:   a file; only its header is read until the image is loaded.
Out:  CT, MR, PET with a place in the patient: (1, X, Y, Z) in `ras_mm`, one slice included. A radiograph: (1, X, Y) in `plane_mm`
      by PixelSpacing, else ImagerPixelSpacing (at the detector), else `px`. Color has three channels.
      Frames: see dicom_multiframe.py.
Unit: "HU" for CT with a rescale, "Gy" for dose, "Bq/mL" for PET that says so, else "1".
Not:  folders (dicom_series.py); a SEG read here gives its stored frames as channels (as a mask: open_mask).
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import SYNTHETIC, Image
from isocenter.io.damage import names_damage
from isocenter.io.dicom_geometry import Plane, stack_planes
from isocenter.io.dicom_header import get, number, numbers, read_dataset, refuse_without_image, sop_class
from isocenter.io.dicom_multiframe import FrameVolume, frame_rescale, frame_volume, loop_times, tile_mosaic
from isocenter.io.dicom_pixels import frame_count, is_color, rescaled, shown_pixels
from isocenter.io.raster import GRAY, RGB

SEGMENTATIONS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
_CT_CLASSES = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2")
_LARGEST_PX = 2**28


@names_damage
def open_dicom(path: Path) -> Image:
    """Open one DICOM file, header only. FileError if it holds no image."""
    ds = read_dataset(path)
    refuse_without_image(ds, path)
    names = RGB if is_color(ds) else GRAY
    if frame_count(ds) == 1 and get(ds, "PerFrameFunctionalGroupsSequence") is None:
        return Image(
            grid=_single_grid(ds, path), unit=unit_of(ds), channels=names, load=partial(load_single, path), note=note_of(ds)
        )
    if get(ds, "DimensionOrganizationType") == "TILED_FULL" or get(ds, "TotalPixelMatrixRows") is not None:
        tiles = tile_mosaic(ds) if sop_class(ds) not in SEGMENTATIONS else None
        if tiles is not None:
            if tiles.rows * tiles.columns > _LARGEST_PX:
                raise FileError(
                    f"{path}: expected a picture that fits, got a slide of {tiles.columns} × {tiles.rows}. Cut it into tiles."
                )
            grid = plain_grid((tiles.columns, tiles.rows))
            return Image(grid=grid, unit="1", channels=names, load=partial(load_tiles, path))
    volume = frame_volume(_with_dose_planes(ds), path) if sop_class(ds) not in SEGMENTATIONS else None
    if volume is not None:
        shape = (int(ds.Columns), int(ds.Rows), len(volume.order[0]))
        grid = Grid(shape=shape, affine=as_affine(volume.stack.affine), world="ras_mm")
        count = len(volume.order)
        channels = names if count == 1 else tuple(f"{n} {c}" if len(names) > 1 else str(c) for c in range(count) for n in names)
        return Image(grid=grid, unit=unit_of(ds), channels=channels, load=partial(load_volume, path))
    flat = _flat_grid(ds)
    times = loop_times(ds)
    if times:
        grid = Grid(shape=flat.shape, affine=flat.affine, world=flat.world, times_s=times)
        return Image(grid=grid, unit=unit_of(ds), channels=names, load=partial(load_loop, path))
    channels = tuple(f"frame {k + 1} {n}" if len(names) > 1 else f"frame {k + 1}" for k in range(frame_count(ds)) for n in names)
    return Image(grid=flat, unit=unit_of(ds), channels=channels, load=partial(load_frames, path))


def unit_of(ds: pydicom.Dataset) -> str:
    """Unit of the rescaled values."""
    uid = sop_class(ds)
    if uid in _CT_CLASSES:
        item = get(get(ds, "SharedFunctionalGroupsSequence", [ds])[0], "PixelValueTransformationSequence", [ds])[0]
        enhanced = get(ds, "PerFrameFunctionalGroupsSequence") is not None
        stated = get(item, "RescaleIntercept") is not None or enhanced
        return "HU" if stated and str(get(item, "RescaleType", "HU")).startswith("HU") else "1"
    if str(get(ds, "RescaleType", "")) == "HU":  # a picture computed from CT
        return "HU"
    if get(ds, "DoseGridScaling") is not None:
        return "Gy" if get(ds, "DoseUnits", "GY") == "GY" else "1"
    return "Bq/mL" if get(ds, "Units") == "BQML" else "1"


def note_of(ds: pydicom.Dataset) -> str:
    """What whoever sees the image must know: that a model made it (io/dicom_synthetic.py)."""
    return SYNTHETIC if get(ds, "ConversionType") == "SYN" and str(get(ds, "ImageComments", "")) == SYNTHETIC else ""


def slice_plane(ds: pydicom.Dataset) -> Plane | None:
    """Where a single-frame slice lies; None unless it says so."""
    position, orientation = numbers(ds, "ImagePositionPatient", 3), numbers(ds, "ImageOrientationPatient", 6)
    spacing = numbers(ds, "PixelSpacing", 2)
    mosaic = "MOSAIC" in [str(v).upper() for v in np.atleast_1d(get(ds, "ImageType", ""))]  # slices side by side: no one place
    if position is None or orientation is None or spacing is None or not np.any(orientation) or mosaic:
        return None
    return Plane(position=position, orientation=orientation, spacing=spacing)


@names_damage
def load_single(path: Path) -> NDArray[Any]:
    """Read one frame: (C, X, Y), or (C, X, Y, 1) if it has a place in the patient."""
    ds = _with_pixels(path)
    rows = _dose(shown_pixels(ds, path), ds)[0]  # (rows, columns[, 3])
    flat = to_xy(rows)
    return flat[..., None] if slice_plane(ds) is not None else flat


@names_damage
def load_volume(path: Path) -> NDArray[Any]:
    """Read frames as slices: (C, X, Y, Z)."""
    ds = _with_pixels(path)
    volume = frame_volume(_with_dose_planes(ds), path)
    if volume is None:
        raise FileError(f"{path}: expected frames with positions, got none. The file changed since it was opened.")
    frames = _rescaled_frames(ds, path)
    return _slices(frames, volume)


@names_damage
def load_loop(path: Path) -> NDArray[Any]:
    """Read frames as times: (C, X, Y, T)."""
    frames = _rescaled_frames(_with_pixels(path), path)  # (T, rows, columns[, 3])
    wide = frames if frames.ndim == 4 else frames[..., None]
    return wide.transpose(3, 2, 1, 0)


@names_damage
def load_frames(path: Path) -> NDArray[Any]:
    """Read frames as channels: (F, X, Y), or (3 F, X, Y) in color."""
    frames = _rescaled_frames(_with_pixels(path), path)
    wide = frames if frames.ndim == 4 else frames[..., None]
    flat = wide.transpose(0, 3, 2, 1)  # (F, C, X, Y)
    return flat.reshape((-1, *flat.shape[2:]))


@names_damage
def load_tiles(path: Path) -> NDArray[Any]:
    """Read frames as tiles: (C, X, Y)."""
    ds = _with_pixels(path)
    tiles = tile_mosaic(ds)
    frames = shown_pixels(ds, path)
    if tiles is None:
        raise FileError(f"{path}: expected tiles with places, got none. The file changed since it was opened.")
    whole = np.zeros((tiles.rows, tiles.columns, *frames.shape[3:]), frames.dtype)
    for frame, (row, column) in zip(frames, tiles.corners, strict=True):
        part = whole[row : row + frame.shape[0], column : column + frame.shape[1]]
        part[...] = frame[: part.shape[0], : part.shape[1]]
    return to_xy(whole)


def to_xy(rows: NDArray[Any]) -> NDArray[Any]:
    """(rows, columns[, 3]) -> (C, X, Y)."""
    wide = rows if rows.ndim == 3 else rows[..., None]
    return wide.transpose(2, 1, 0)


def _with_pixels(path: Path) -> pydicom.Dataset:
    ds = read_dataset(path, pixels=True)
    refuse_without_image(ds, path)
    return ds


def _slices(frames: NDArray[Any], volume: FrameVolume) -> NDArray[Any]:
    """(F, rows, columns[, 3]) -> (C, X, Y, Z)."""
    parts = [frames[list(order)] for order in volume.order]  # each (Z, rows, columns[, 3])
    wide = [p if p.ndim == 4 else p[..., None] for p in parts]
    return np.concatenate([p.transpose(3, 2, 1, 0) for p in wide], axis=0)


def _rescaled_frames(ds: pydicom.Dataset, path: Path) -> NDArray[Any]:
    """Frames with the rescale of each."""
    if get(ds, "PerFrameFunctionalGroupsSequence") is None:
        return _dose(shown_pixels(ds, path), ds)
    frames = shown_pixels(ds, path, rescale=False)
    if is_color(ds) or frames.dtype.kind not in "iu":
        return frames
    return rescaled(frames, *frame_rescale(ds))


def _dose(frames: NDArray[Any], ds: pydicom.Dataset) -> NDArray[Any]:
    """Apply the scaling of an RT dose."""
    scaling = number(ds, "DoseGridScaling", 1.0)
    return frames if scaling == 1.0 else np.asarray(frames * scaling, np.float32)


def _with_dose_planes(ds: pydicom.Dataset) -> pydicom.Dataset:
    """Give the frames of an RT dose the places its offsets state."""
    plane = slice_plane(ds)
    offsets = numbers(ds, "GridFrameOffsetVector", frame_count(ds))
    if plane is None or offsets is None or get(ds, "PerFrameFunctionalGroupsSequence") is not None:
        return ds
    frames = []
    for offset in offsets:
        place, turn, measure, frame = (pydicom.Dataset() for _ in range(4))
        place.ImagePositionPatient = [float(v) for v in np.array(plane.position) + (offset - offsets[0]) * plane.normal]
        turn.ImageOrientationPatient = list(plane.orientation)
        measure.PixelSpacing = list(plane.spacing)
        frame.PlanePositionSequence, frame.PlaneOrientationSequence, frame.PixelMeasuresSequence = [place], [turn], [measure]
        frames.append(frame)
    placed = pydicom.Dataset()
    placed.NumberOfFrames = len(frames)
    placed.PerFrameFunctionalGroupsSequence = frames
    return placed


def _single_grid(ds: pydicom.Dataset, path: Path) -> Grid:
    """Grid of one frame."""
    plane = slice_plane(ds)
    if plane is None:
        return _flat_grid(ds)
    thickness = number(ds, "SpacingBetweenSlices", number(ds, "SliceThickness", 1.0))
    stack = stack_planes([plane], path, thickness_mm=abs(thickness))
    return Grid(shape=(int(ds.Columns), int(ds.Rows), 1), affine=as_affine(stack.affine), world="ras_mm")


def _flat_grid(ds: pydicom.Dataset) -> Grid:
    """Grid of a picture without a place in the patient."""
    shape = (int(ds.Columns), int(ds.Rows))
    for name in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        spacing = numbers(ds, name, 2)
        if spacing is not None and min(spacing) > 0:
            return plain_grid(shape, spacing=(spacing[1], spacing[0]), world="plane_mm")
    return plain_grid(shape)
