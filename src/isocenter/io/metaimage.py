"""NRRD and MetaImage (.mha, .mhd), by SimpleITK.

In:   one file; only its header is read until the image is loaded.
Out:  Image (C, X, Y, Z) in `ras_mm`, or (C, X, Y) in `plane_mm` (millimetres, x right, y down); a file of the same geometry.
Rule: these formats state LPS; the affine is turned to RAS here, the samples are never reordered.
Not:  4-D files (which do not say whether the 4th axis is time).
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, World, as_affine
from isocenter.core.image import Image
from isocenter.io.damage import names_damage
from isocenter.io.raster import GRAY, RGB

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0])
_WORLD, _UNIT, _CHANNELS, _NOTE = "IsocenterWorld", "IsocenterUnit", "IsocenterChannels", "IsocenterNote"


@names_damage
def open_metaimage(path: Path) -> Image:
    """Open an NRRD or MetaImage file, header only. FileError if it is damaged or 4-D."""
    reader = _reader(path)
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        raise FileError(f"{path}: expected an NRRD or MetaImage header, got: {_brief(error)}. Export it again.") from error
    d = int(reader.GetDimension())
    if d not in (2, 3):
        raise FileError(
            f"{path}: expected 2 or 3 axes, got {d}. Write it as NIfTI, which says whether the 4th axis is time or channels."
        )
    matrix = np.eye(d + 1)
    matrix[:d, :d] = np.array(reader.GetDirection()).reshape(d, d) * np.array(reader.GetSpacing())
    matrix[:d, d] = reader.GetOrigin()
    world: World = "plane_mm"
    if d == 3:
        matrix[:3] = LPS_TO_RAS @ matrix[:3]
        world = "ras_mm"
    elif _has(reader, _WORLD):
        world = "px" if reader.GetMetaData(_WORLD) == "px" else world
    count = int(reader.GetNumberOfComponents())
    channels = GRAY if count == 1 else RGB if count == 3 else tuple(str(c) for c in range(count))
    if _has(reader, _CHANNELS):
        channels = tuple(reader.GetMetaData(_CHANNELS).split("|"))
    unit = str(reader.GetMetaData(_UNIT)) if _has(reader, _UNIT) else "1"
    shape = tuple(int(n) for n in reader.GetSize())
    return Image(
        grid=Grid(shape=shape, affine=as_affine(matrix), world=world),
        unit=unit,
        channels=channels,
        load=partial(load_metaimage, path),
        note=str(reader.GetMetaData(_NOTE)) if _has(reader, _NOTE) else "",
    )


@names_damage
def load_metaimage(path: Path) -> NDArray[Any]:
    """Read the samples (C, *S) as stored."""
    try:
        image = _reader(path).Execute()
    except RuntimeError as error:
        raise FileError(f"{path}: expected a whole image, got: {_brief(error)}. Copy or export it again.") from error
    samples = sitk.GetArrayFromImage(image)  # (Z, Y, X[, C])
    if image.GetNumberOfComponentsPerPixel() == 1:
        samples = samples[..., None]
    return np.ascontiguousarray(samples.T)  # (C, X, Y, Z)


def write_metaimage(samples: NDArray[Any], grid: Grid, path: Path, *, unit: str, channels: tuple[str, ...], note: str = "") -> None:
    """Write (C, *S) as .mha, .mhd or .nrrd. FileError for a time axis or a sheared grid, which these formats cannot state."""
    d = grid.ndim
    if samples.ndim != d + 1:
        raise FileError(f"{path}: expected an image without a time axis, got shape {samples.shape}. Write .nii.gz instead.")
    matrix = grid.matrix
    if grid.world == "ras_mm" and d == 3:
        matrix[:3] = LPS_TO_RAS @ matrix[:3]
    spacing = np.array(grid.spacing)
    direction = matrix[:d, :d] / spacing
    if not np.allclose(direction.T @ direction, np.eye(d), atol=1e-4):
        raise FileError(f"{path}: expected a grid with right angles, got a sheared one. Write .nii.gz instead.")
    if samples.dtype == np.bool_:
        samples = samples.astype(np.uint8)
    several = samples.shape[0] > 1
    image = sitk.GetImageFromArray(np.ascontiguousarray(samples.T if several else samples[0].T), isVector=several)
    image.SetSpacing([float(s) for s in spacing])
    image.SetDirection([float(v) for v in direction.ravel()])
    image.SetOrigin([float(v) for v in matrix[:d, d]])
    for key, value in ((_WORLD, grid.world), (_UNIT, unit), (_CHANNELS, "|".join(channels))):
        image.SetMetaData(key, value)
    if note:
        image.SetMetaData(_NOTE, note)
    try:
        sitk.WriteImage(image, str(path), useCompression=True)
    except RuntimeError as error:
        raise FileError(f"{path}: expected to write this file, got: {_brief(error)}.") from error


def _reader(path: Path) -> sitk.ImageFileReader:
    """Return a reader that reports by exception only."""
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    return reader


def _has(reader: sitk.ImageFileReader, key: str) -> bool:
    return key in reader.GetMetaDataKeys()


def _brief(error: Exception) -> str:
    """The last line of an ITK error, which holds the cause."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else "an unknown cause"
