"""NIfTI-1 and NIfTI-2, single files and .hdr/.img pairs; MGH by the way.

In:   one file; only its header is read until the image is loaded.
Out:  Image (1, X, Y, Z), (C, X, Y, Z) or (1, X, Y, Z, T) on a `ras_mm` grid; a file of the same geometry.
Rule: the affine is the sform if its code is above 0, else the qform, else spacing alone (as nibabel). Slope and intercept are
      applied. A 4th axis is time if its unit is a time, its step is above 0 and it holds more than four samples; otherwise
      channels. A 5th axis is channels. What we write says it all itself, in a header extension.
Not:  Analyze 7.5 (no orientation), MINC, PAR/REC, AFNI.

Reference: https://nifti.nimh.nih.gov/nifti-1
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.freesurfer.mghformat import MGHImage
from nibabel.imageglobals import logger as nibabel_logger
from nibabel.nifti1 import Nifti1Extension, Nifti1Image, Nifti1Pair
from nibabel.spatialimages import ImageDataError
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, World, as_affine
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.io.damage import names_damage

_SECONDS = {"sec": 1.0, "msec": 1e-3, "usec": 1e-6}
_COMMENT = 6  # NIfTI extension code "plain text"
_MARK = "isocenter:"
_FEWEST_TIMES = 5


class _Said(Record):
    """What our own files say of themselves beyond the NIfTI header."""

    unit: str = "1"
    world: World = "ras_mm"
    axes: int = 3
    channels: tuple[str, ...] = ()
    times_s: tuple[float, ...] = ()
    note: str = ""


@names_damage
def open_nifti(path: Path, *, fourth_is_channels: bool = False) -> Image:
    """Open a NIfTI file, header only. FileError if it is damaged or of another format.

    fourth_is_channels : take the 4th axis for channels even where the header calls it time
    """
    header = _load(path)
    shape = tuple(int(n) for n in header.shape)
    said = _read_extension(header)
    if said is not None:
        return _own(path, header, shape, said)
    spatial = ((*shape, 1, 1, 1))[:3]
    times = () if fourth_is_channels else _times(header, shape)
    count = shape[4] if len(shape) == 5 else (1 if times or len(shape) < 4 else shape[3])
    colors = header.get_data_dtype().names is not None
    if len(shape) > 5 or (len(shape) == 5 and shape[3] != 1 and not times):
        raise FileError(
            f"{path}: expected up to 4 axes, or 5 with channels last, got shape {shape}. Split it into one file a time or channel."
        )
    if 0 in shape:
        raise FileError(f"{path}: expected samples, got shape {shape}. Export the image again.")
    grid = Grid(shape=spatial, affine=as_affine(header.affine), world="ras_mm", times_s=times)
    names = ("intensity",) if count == 1 else tuple(str(c) for c in range(count))
    if colors:  # NIfTI's RGB24 and RGBA32
        names = ("red", "green", "blue")
    return Image(grid=grid, unit="1", channels=names, load=partial(load_nifti, path, (len(names), *spatial, len(times))))


@names_damage
def load_nifti(path: Path, form: tuple[int, ...]) -> NDArray[Any]:
    """Read the samples (C, *S[, T]); memory-mapped where the file is not packed and has no slope.

    form : (C, *S, T), T = 0 for a still
    """
    file = _load(path)
    try:
        samples = _samples(file)
    except (OSError, EOFError, ValueError, ImageDataError) as error:
        raise FileError(
            f"{path}: expected {file.shape} samples, got: {_brief(error)}. The file is cut short; copy it again."
        ) from error
    channels, *space, times = form
    wide = samples.reshape((*space, times or 1, channels))  # NIfTI's order: x, y, z, time, channel
    moved = np.moveaxis(wide, -1, 0)
    return moved if times else moved[..., 0]


def write_nifti(samples: NDArray[Any], grid: Grid, path: Path, *, unit: str, channels: tuple[str, ...], note: str = "") -> None:
    """Write an array (C, *S[, T]) so that reading it gives the same array on the same grid.

    The affine is stored bit for bit where NIfTI-1 can: in the sform if float32 holds it, else in the qform or in the spacing if
    that gives it back. Otherwise (an affine computed from DICOM) the sform holds it rounded to float32.
    """
    if samples.dtype == np.bool_:
        samples = samples.astype(np.uint8)
    if samples.dtype in (np.dtype(np.int64), np.dtype(np.uint64)):  # few programs read 64-bit integers
        fits = samples.min(initial=0) >= -(2**31) and samples.max(initial=0) < 2**31
        samples = samples.astype(np.int32 if fits else np.float64)
    if samples.dtype == np.float16:
        samples = samples.astype(np.float32)
    times = len(grid.times_s)
    wide = np.moveaxis(samples if times else samples[..., None], 0, -1)  # (*S, T, C)
    if grid.ndim == 2:
        wide = wide[:, :, None]
    while wide.ndim > 3 and wide.shape[-1] == 1:
        wide = wide[..., 0]
    matrix = _affine_3d(grid)
    image = Nifti1Image(wide, None)
    _store_affine(image, matrix)
    image.header.set_xyzt_units("mm" if grid.world != "px" else "unknown", "sec" if times else "unknown")
    if times > 1:
        image.header["pixdim"][4] = grid.times_s[1] - grid.times_s[0]
    image.header["descrip"] = note.encode()[:79]  # where every viewer of NIfTI shows it
    _write_extension(image, grid, unit, channels, note)
    nib.save(image, path)


def _load(path: Path) -> Any:
    """Read the header. FileError if it is none of ours."""
    try:
        with _silent():
            file = nib.load(path)
    except Exception as error:  # nibabel raises many kinds; each means the header cannot be read
        raise FileError(f"{path}: expected a NIfTI file, got: {_brief(error)}. Export or copy it again.") from error
    if not isinstance(file, Nifti1Pair | MGHImage):  # Nifti1Pair is the root of NIfTI-1, NIfTI-2, single files and pairs
        raise FileError(
            f"{path}: expected NIfTI, got {type(file).__name__.removesuffix('Image')}, which has no place in the patient. "
            "Convert it to NIfTI with the program that wrote it."
        )
    return file


@contextmanager
def _silent() -> Iterator[None]:
    """Keep nibabel's remarks on mended headers off the terminal."""
    level = nibabel_logger.level
    nibabel_logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        nibabel_logger.setLevel(level)


def _samples(file: Any) -> NDArray[Any]:
    """Samples in native byte order: integers stay integers unless the header scales them, then float32."""
    slope, inter = getattr(file.dataobj, "slope", 1.0), getattr(file.dataobj, "inter", 0.0)
    raw: NDArray[Any] = np.asanyarray(file.dataobj.get_unscaled())
    if raw.dtype.names is not None:  # RGB24 or RGBA32: one field a channel, as a last axis; alpha dropped
        raw = np.stack([raw[name] for name in raw.dtype.names[:3]], axis=-1)
    if not raw.dtype.isnative:
        raw = raw.astype(raw.dtype.newbyteorder("="))
    if slope == 1.0 and inter == 0.0:
        return raw
    return np.asarray(raw * np.float64(slope) + np.float64(inter), np.float32)


def _times(header: Any, shape: tuple[int, ...]) -> tuple[float, ...]:
    """Times of the 4th axis in seconds; empty if it is not time."""
    if len(shape) < 4 or shape[3] < _FEWEST_TIMES or not hasattr(header.header, "get_xyzt_units"):
        return ()
    unit = _SECONDS.get(header.header.get_xyzt_units()[1])
    step = float(header.header["pixdim"][4])
    if unit is None or not step > 0:
        return ()
    return tuple(float(k * step * unit) for k in range(shape[3]))


def _own(path: Path, header: Any, shape: tuple[int, ...], said: _Said) -> Image:
    """Open a file of ours, which names its channels, times, unit and world."""
    spatial = ((*shape, 1, 1, 1))[:3]
    matrix = np.asarray(header.affine)
    if said.axes == 2:
        spatial = spatial[:2]
        matrix = matrix[np.ix_([0, 1, 3], [0, 1, 3])]
    grid = Grid(shape=spatial, affine=as_affine(matrix), world=said.world, times_s=said.times_s)
    form = (len(said.channels), *spatial, len(said.times_s))
    return Image(grid=grid, unit=said.unit, channels=said.channels, load=partial(load_nifti, path, form), note=said.note)


def _affine_3d(grid: Grid) -> NDArray[np.float64]:
    """The grid's affine as 4 by 4."""
    if grid.ndim == 3:
        return grid.matrix
    wide = np.eye(4)
    wide[np.ix_([0, 1, 3], [0, 1, 3])] = grid.matrix
    return wide


def _store_affine(image: Any, matrix: NDArray[np.float64]) -> None:
    """Put an affine into sform and qform so that reading prefers the exact one."""
    image.header.set_zooms([*np.linalg.norm(matrix[:3, :3], axis=0), *image.header.get_zooms()[3:]])
    image.header.set_qform(matrix, code=1, strip_shears=True)
    if np.array_equal(matrix, matrix.astype(np.float32).astype(np.float64)):
        image.header.set_sform(matrix, code=1)
    elif np.array_equal(image.header.get_qform(), matrix):
        image.header.set_sform(None, code=0)
    elif np.array_equal(image.header.get_base_affine(), matrix):  # the input stated spacing alone
        image.header.set_sform(None, code=0)
        image.header.set_qform(None, code=0)
    else:
        image.header.set_sform(matrix, code=1)
    if int(image.header["sform_code"]) and not np.allclose(image.header.get_qform(), matrix, atol=1e-4):
        image.header.set_qform(None, code=0)  # sheared: a quaternion cannot hold it


def _write_extension(image: Any, grid: Grid, unit: str, channels: Sequence[str], note: str) -> None:
    """Say what the NIfTI header cannot, and nothing if it can."""
    plain = (
        not note and unit == "1" and grid.world == "ras_mm" and not grid.times_s and tuple(channels) in {("intensity",), ("label",)}
    )
    if plain:
        return
    said = {"unit": unit, "world": grid.world, "axes": grid.ndim, "channels": list(channels), "times_s": list(grid.times_s)}
    if note:
        said["note"] = note
    image.header.extensions.append(Nifti1Extension(_COMMENT, (_MARK + json.dumps(said)).encode()))


def _read_extension(file: Any) -> _Said | None:
    """Return what a file of ours says of itself; None for others."""
    for extension in getattr(file.header, "extensions", ()):
        content = extension.get_content()
        text = content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)
        if extension.get_code() == _COMMENT and text.startswith(_MARK):
            said = json.loads(text[len(_MARK) :].rstrip("\0 "))
            return _Said(
                unit=said["unit"],
                world=said["world"],
                axes=said["axes"],
                channels=tuple(said["channels"]),
                times_s=tuple(said["times_s"]),
                note=said.get("note", ""),
            )
    return None


def _brief(error: Exception) -> str:
    """First line of an error, without the path nibabel may repeat."""
    text = str(error).strip().splitlines()
    return text[0][:200] if text else type(error).__name__
