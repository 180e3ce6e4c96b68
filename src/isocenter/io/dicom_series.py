"""A DICOM series: a folder of slices as one volume.

In:   a folder, searched with its subfolders; other files in it are passed over. Several series: `folder#NUMBER` chooses one.
Out:  Image (1, X, Y, Z) in `ras_mm`, or (1, X, Y, Z, T) where each position holds several trigger times.
Rule: slices are sorted by position along their normal, and the spacing between them comes from positions; slope and intercept are
      each slice's own. Localizers are left out.
Not:  no guessing: missing, doubled or uneven slices and a tilted gantry are refused with the reason.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.io.damage import names_damage
from isocenter.io.dicom import SEGMENTATIONS, note_of, open_dicom, slice_plane, unit_of
from isocenter.io.dicom_geometry import place_groups, stack_planes
from isocenter.io.dicom_header import get, number, read_dataset, sop_class
from isocenter.io.dicom_pixels import frame_count, is_color, shown_pixels
from isocenter.io.file_kind import file_kind
from isocenter.io.raster import GRAY, RGB

_UID_END = 6  # digits of a UID that choose a series
_TAGS = [
    "SOPClassUID",
    "SOPInstanceUID",
    "SeriesInstanceUID",
    "SeriesNumber",
    "Modality",
    "ImageType",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "BitsAllocated",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "PixelSpacing",
    "SliceThickness",
    "SpacingBetweenSlices",
    "RescaleSlope",
    "RescaleIntercept",
    "RescaleType",
    "Units",
    "TriggerTime",
    "ConversionType",
    "ImageComments",
]


class Series(Record):
    """One image series, in order."""

    paths: tuple[Path, ...]
    """Files by slice, times of one slice together; one file if it is multi-frame."""
    grid: Grid
    unit: str
    channels: tuple[str, ...]
    note: str = ""


class SeriesFile(Record):
    """One file of a series, header only."""

    path: Path
    header: pydicom.Dataset


def open_series(folder: Path, *, number_: str | None = None) -> Image:
    """Open the one image series in a folder. FileError if there is none, or several and none chosen.

    number_ : SeriesNumber, or the end of the SeriesInstanceUID
    """
    series = read_series(folder, number_=number_)
    if len(series.paths) == 1:
        return open_dicom(series.paths[0])
    load = partial(load_series, series.paths, len(series.grid.times_s))
    return Image(grid=series.grid, unit=series.unit, channels=series.channels, load=load, note=series.note)


@names_damage
def read_series(folder: Path, *, number_: str | None = None) -> Series:
    """Read the headers of the one image series in a folder and put its files in order. FileError as `open_series`."""
    files = series_files(folder, number_=number_)
    if len(files) == 1:
        image = open_dicom(files[0].path)
        return Series(paths=(files[0].path,), grid=image.grid, unit=image.unit, channels=image.channels)
    first = files[0].header
    if any(frame_count(f.header) > 1 for f in files):
        raise FileError(
            f"{folder}: expected one multi-frame file or a folder of slices, got {len(files)} files of several frames. "
            "Give one of the files."
        )
    sizes = sorted({(int(number(f.header, "Columns", 0)), int(number(f.header, "Rows", 0))) for f in files})
    if len(sizes) > 1:
        raise FileError(f"{folder}: expected slices of one size, got {sizes}. Put each reconstruction in a folder of its own.")
    planes = [slice_plane(f.header) for f in files]
    known = [plane for plane in planes if plane is not None]
    if len(known) < len(files):
        raise FileError(
            f"{folder}: expected slices with positions, got {len(files) - len(known)} of {len(files)} without (radiographs?). "
            "Give one file a case, and several inputs for several views."
        )
    groups = place_groups(known)
    times = _trigger_times(groups, files)
    order = groups if times else [[k] for k in range(len(files))]
    stack = stack_planes([known[group[0]] for group in order], folder, thickness_mm=number(first, "SliceThickness", 1.0))
    slices = [order[k] for k in stack.order]
    if times:
        slices = [sorted(group, key=lambda k: number(files[k].header, "TriggerTime", 0.0)) for group in slices]
    shape = (int(first.Columns), int(first.Rows), len(slices))
    grid = Grid(shape=shape, affine=as_affine(stack.affine), world="ras_mm", times_s=times)
    paths = tuple(files[k].path for group in slices for k in group)
    return Series(paths=paths, grid=grid, unit=unit_of(first), channels=RGB if is_color(first) else GRAY, note=note_of(first))


def load_series(paths: tuple[Path, ...], times: int) -> NDArray[Any]:
    """Read slices, given in order (time fastest): (C, X, Y, Z[, T])."""
    first = _slice_values(paths[0])
    whole = np.empty((len(paths), *first.shape), first.dtype)  # (Z [* T], rows, columns[, 3])
    for k, path in enumerate(paths):
        values = first if k == 0 else _slice_values(path)
        if values.shape != first.shape:
            raise FileError(f"{path}: expected a slice of shape {first.shape}, got {values.shape}. Fetch the series again.")
        common = np.result_type(whole, values)
        if common != whole.dtype:  # a slice whose slope or range needs a wider type than those before it
            whole = whole.astype(common)
        whole[k] = values
    wide = whole if whole.ndim == 4 else whole[..., None]
    moved = wide.transpose(3, 2, 1, 0)  # (C, X, Y, Z [* T])
    return moved.reshape((*moved.shape[:3], -1, times)) if times else moved


def series_files(folder: Path, *, number_: str | None = None) -> list[SeriesFile]:
    """Headers of the one image series in a folder, in no particular order. FileError as `open_series`."""
    groups: dict[str, list[SeriesFile]] = defaultdict(list)
    other = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".") and p.name != "DICOMDIR"):
        found = _header(path)
        if found is None:
            other += 1
        else:
            uid = get(found.header, "SeriesInstanceUID") or f"number {get(found.header, 'SeriesNumber', '?')}"
            groups[str(uid)].append(found)
    if not groups:
        raise FileError(
            f"{folder}: expected a folder with a DICOM image series, got {other} other files. Give the folder of the slices."
        )
    if number_ is not None:
        return _chosen(folder, groups, number_)
    if len(groups) > 1:
        raise FileError(
            f"{folder}: expected one image series, got {len(groups)}: {_listed(groups.values())}. "
            f"Choose one by its number, as {folder.name}#{_label(next(iter(groups.values())))}, or put each in a folder of its own."
        )
    return next(iter(groups.values()))


def _header(path: Path) -> SeriesFile | None:
    """Header of an image file; None for anything else, localizers and masks included."""
    try:
        if file_kind(path) != "dicom":
            return None
        header = read_dataset(path, tags=_TAGS)
    except FileError:
        return None
    image = get(header, "Rows") is not None and get(header, "BitsAllocated") is not None
    localizer = "LOCALIZER" in [str(v).upper() for v in np.atleast_1d(get(header, "ImageType", ""))]
    return SeriesFile(path=path, header=header) if image and not localizer and sop_class(header) not in SEGMENTATIONS else None


def _chosen(folder: Path, groups: dict[str, list[SeriesFile]], wanted: str) -> list[SeriesFile]:
    """The one group with this number, or whose UID ends so."""
    found = [g for uid, g in groups.items() if _label(g) == wanted] or [
        g for uid, g in groups.items() if len(wanted) >= _UID_END and uid.endswith(wanted)
    ]
    if len(found) != 1:
        got = "none" if not found else f"{len(found)} of this number; choose by the end of the SeriesInstanceUID"
        raise FileError(f"{folder}: expected one series {wanted!r}, got {got}. There are: {_listed(groups.values())}.")
    return found[0]


def _listed(groups: Any) -> str:
    """Number, modality and slices of each series; no descriptions, which may name people."""
    return "; ".join(f"series {_label(g)} ({get(g[0].header, 'Modality', '?')}, {len(g)} files)" for g in list(groups)[:12])


def _label(group: Sequence[SeriesFile]) -> str:
    """SeriesNumber, or the end of the UID where there is none."""
    value = get(group[0].header, "SeriesNumber")
    return str(int(value)) if value is not None else str(get(group[0].header, "SeriesInstanceUID", "?"))[-_UID_END:]


def _trigger_times(groups: list[list[int]], files: Sequence[SeriesFile]) -> tuple[float, ...]:
    """Times in s where every position holds the same number (above one) of different trigger times; else empty."""
    count = len(groups[0])
    if count < 2 or any(len(group) != count for group in groups):
        return ()
    times = [sorted(number(files[k].header, "TriggerTime", np.nan) for k in group) for group in groups]
    first = np.array(times[0])
    return tuple(float(t) / 1000 for t in first) if np.all(np.diff(times, axis=1) > 0) else ()


@names_damage
def _slice_values(path: Path) -> NDArray[Any]:
    """Rescaled values of one slice, (rows, columns[, 3])."""
    frame: NDArray[Any] = shown_pixels(read_dataset(path, pixels=True), path)[0]
    return frame
