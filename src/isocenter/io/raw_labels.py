"""The numbers of a mask file as they stand in it, before anything is made of them.

In:   a path, as in cases.csv.
Out:  Image of one channel where the file has one meaning: palette pictures by index, gray stored as color by its one value.
Not:  what the numbers mean (io/masks.py).
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.image import Image
from isocenter.io.dicom import SEGMENTATIONS
from isocenter.io.dicom_header import read_dataset, sop_class
from isocenter.io.file_kind import file_kind, split_fragment
from isocenter.io.images import open_image
from isocenter.io.raster import open_raster
from isocenter.io.tiff import open_tiff


def open_raw_labels(path: Path) -> Image:
    """Open the numbers of a mask file, header only. FileError as `open_image`."""
    bare = split_fragment(path)[0]
    kind = file_kind(bare) if bare == path and not bare.is_dir() else ""
    if kind == "picture":
        return open_raster(path, indices=True)
    if kind == "tiff":
        return open_tiff(path, indices=True)
    return open_image(path)


def is_segmentation(path: Path) -> bool:
    """Tell whether a file is a DICOM SEG, whose segments are named and need no reading of numbers. Reads its header."""
    bare = split_fragment(path)[0]
    return bare.is_file() and file_kind(bare) == "dicom" and sop_class(read_dataset(bare, tags=["SOPClassUID"])) in SEGMENTATIONS


def one_channel_where_equal(samples: NDArray[Any]) -> NDArray[Any]:
    """Return (1, *S) when all channels are equal (gray stored as color; a fourth, opaque, aside), else the samples as they are."""
    shown = samples[:3] if samples.shape[0] == 4 and (samples[3] == samples[3].max(initial=0)).all() else samples
    return shown[:1] if all(np.array_equal(shown[0], other) for other in shown[1:]) else samples
