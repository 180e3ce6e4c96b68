"""open_image: any image file or DICOM folder as an Image, header only.

In:   a path, told by content: NIfTI, DICOM, PNG, JPEG, GIF, BMP, TIFF, NRRD, MHA, npz; a folder is a DICOM series.
      A fragment chooses: `folder#3` the series of this number, `scan.npz#vol` an array, `set.npz#images[12]` one of a stack,
      `scan.nii.gz#1` or `photo.png#red` one channel, `photo.png#gray` the luminance.
Out:  Image whose `load` reads each time it is called, and can be sent to another process.
Not:  masks (masks.py), writing (write.py).
"""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, unknown
from isocenter.core.image import Image
from isocenter.io.arrays import open_array
from isocenter.io.dicom import open_dicom
from isocenter.io.dicom_series import open_series
from isocenter.io.file_kind import file_kind, split_fragment
from isocenter.io.metaimage import open_metaimage
from isocenter.io.nifti import open_nifti
from isocenter.io.raster import RGB, open_raster
from isocenter.io.tiff import open_tiff

GRAY_OF_COLOR = "gray"
_LUMINANCE = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow and OpenCV turn color to gray


def open_image(path: Path, *, channel: str | None = None) -> Image:
    """Open an image, header only. FileError names the cause and the remedy.

    channel : one channel by name or number; "gray" is the luminance of a color picture and the picture itself otherwise. The same
              can be written into the path: `photo.png#gray`.
    """
    path = Path(path)
    path, fragment = split_fragment(path)
    if path.is_dir():
        image = open_series(path, number_=fragment)
        return image if channel is None else one_channel(image, channel, path)
    channel = channel if channel is not None else fragment
    if fragment is not None and file_kind(path) == "array":
        return open_array(path, name=fragment)
    image = _open_file(path, channel)
    return image if channel is None else one_channel(image, channel, path)


def one_channel(image: Image, channel: str, path: Path) -> Image:
    """Keep one channel of an image; "gray" turns color to luminance. FileError, with "did you mean", if there is none so named."""
    if channel == GRAY_OF_COLOR and channel not in image.channels:
        if len(image.channels) == 1:
            return image
        if image.channels == RGB:
            return Image(grid=image.grid, unit=image.unit, channels=(GRAY_OF_COLOR,), load=partial(load_gray, image))
    if channel in image.channels:
        index = image.channels.index(channel)
    elif channel.isdecimal() and int(channel) < len(image.channels):
        index = int(channel)
    else:
        raise FileError(f"{path}: {unknown('channel', channel, image.channels)}")
    return Image(grid=image.grid, unit=image.unit, channels=(image.channels[index],), load=partial(load_channel, image, index))


def load_channel(image: Image, index: int) -> NDArray[Any]:
    """Read one channel, (1, *S[, T])."""
    return image.array()[index : index + 1]


def load_gray(image: Image) -> NDArray[Any]:
    """Read the luminance of a color picture, (1, *S[, T]), in its own type."""
    samples = image.array()
    gray = np.tensordot(_LUMINANCE, samples[:3].astype(np.float32), axes=1)[None]
    return np.asarray(np.round(gray) if samples.dtype.kind in "iu" else gray, samples.dtype)


def _open_file(path: Path, channel: str | None) -> Image:
    """Dispatch on content."""
    kind = file_kind(path)
    if kind == "nifti":
        return open_nifti(path, fourth_is_channels=channel is not None and channel.isdecimal())
    if kind == "dicom":
        return open_dicom(path)
    if kind == "tiff":
        return open_tiff(path)
    if kind == "array":
        return open_array(path)
    if kind == "metaimage":
        return open_metaimage(path)
    return open_raster(path)
