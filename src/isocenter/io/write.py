"""write_image and write_mask: nouns to files.

In:   an image or a mask, and a path whose suffix chooses the format.
Out:  NIfTI with the affine bit for bit, PNG with X as the column, TIFF, MHA or NRRD; masks as class indices, uint8 where that fits.
Not:  DICOM SEG (dicom_seg.py). Nothing is resampled, scaled or windowed.
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.mask import OBJECTS, Mask
from isocenter.io.file_kind import file_kind, split_fragment
from isocenter.io.metaimage import write_metaimage
from isocenter.io.nifti import write_nifti
from isocenter.io.raster import write_index_png, write_png
from isocenter.io.tiff import open_tiff, write_tiff
from isocenter.io.whole_file import write_whole

_WRITTEN = ".nii.gz, .nii, .png, .tif, .mha or .nrrd"


def write_image(image: Image, path: Path) -> Path:
    """Write an image; reading it back gives the same array, grid, unit, channels and note (PNG keeps no grid). Returns the path.

    FileError where the format cannot hold it: PNG takes 8 and 16 bit, one or three channels, no more axes than a picture.
    """
    _write(image.array(), image.grid, Path(path), image.unit, image.channels, image.note)
    return Path(path)


def write_mask(mask: Mask, path: Path, *, like: Image | None = None) -> Path:
    """Write class indices (or a channel a region if they overlap). Returns the path.

    A PNG has no channels for regions that overlap: those become a .tif of the same name, which is the path returned.

    like : the image it belongs to; its affine is taken bit for bit. GeometryError if it lies elsewhere.
    """
    path = Path(path)
    grid = mask.grid
    if like is not None:
        if not grid.same_as(like.grid):
            raise GeometryError(
                f"{path}: expected a mask on the image's grid {like.grid.shape}, got {grid.shape} or another place. "
                "Resample the mask onto the image first."
            )
        grid = like.grid
    labels = smallest_labels(mask.labels.array())
    if mask.labels.channels == OBJECTS and labels.dtype == np.uint8:
        labels = labels.astype(np.uint16)  # numbers of objects are no palette
    if mask.overlapping and path.suffix.lower() == ".png":
        path = path.with_suffix(".tif")
    if path.suffix.lower() == ".png" and labels.ndim == 3 and labels.dtype == np.uint8:
        write_whole(path, partial(write_index_png, labels[0]))
        return path
    _write(labels, grid, path, "1", mask.labels.channels)
    return path


def smallest_labels(labels: NDArray[Any]) -> NDArray[Any]:
    """Labels as uint8 where they fit, else uint16, else int32."""
    top = int(labels.max(initial=0))
    return labels.astype(np.uint8 if top < 2**8 else np.uint16 if top < 2**16 else np.int32)


def output_suffix(image_path: Path) -> str:
    """Suffix of a mask predicted for this input, so that it comes in the input's own kind of file.

    ".png" for pictures, ".dcm" (SEG) for DICOM files and folders, ".nii.gz" for the rest.
    """
    path = split_fragment(Path(image_path))[0]
    if path.is_dir():
        return ".dcm"
    kind = file_kind(path)
    if kind == "tiff" and open_tiff(path).grid.ndim == 2:
        return ".png"
    return {"picture": ".png", "dicom": ".dcm"}.get(kind, ".nii.gz")


def _write(samples: NDArray[Any], grid: Grid, path: Path, unit: str, channels: tuple[str, ...], note: str = "") -> None:
    """Dispatch on the suffix."""
    name = path.name.lower()
    if name.endswith((".nii", ".nii.gz")):
        write_whole(path, partial(write_nifti, samples, grid, unit=unit, channels=channels, note=note))
    elif name.endswith(".png"):
        write_whole(path, partial(write_png, samples, note=note))
    elif name.endswith((".tif", ".tiff")):
        write_whole(path, partial(write_tiff, samples, grid, unit=unit, channels=channels, note=note))
    elif name.endswith((".mha", ".nrrd")):
        write_whole(path, partial(write_metaimage, samples, grid, unit=unit, channels=channels, note=note))
    else:
        raise FileError(f"{path}: expected a file name ending in {_WRITTEN}, got {path.name!r}.")
