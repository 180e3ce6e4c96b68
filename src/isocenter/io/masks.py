"""open_mask: any label file as a Mask, lazily.

In:   a file of class indices, and the names of the classes, background first.
Out:  Mask whose labels are checked each time they load: only 0 … K-1 appear, or FileError says what does.
Rule: with two names, a file of 0 and 255 alone is read as 0 and 1. A palette or 1-bit picture is read by index (a gray palette by
      its gray); a color picture must have equal channels. Any other coding is said by `values`. Overlapping regions come as one
      channel a class (without background), as segments of a SEG, or as several files joined by `open_masks`.
Not:  nothing is guessed: an anti-aliased or wrongly coded mask is refused; `isocenter check STUDY --fix DIR` mends it.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.io.dicom import SEGMENTATIONS
from isocenter.io.dicom_header import read_dataset, sop_class
from isocenter.io.dicom_seg_read import open_segments, placed_on
from isocenter.io.file_kind import file_kind, split_fragment
from isocenter.io.images import open_image
from isocenter.io.raster import RGB, open_raster
from isocenter.io.tiff import open_tiff

_FIX = "Run: isocenter check STUDY --fix DIR, which mends it into a copy; or say what each value means (values: {value: class})."
_SHOWN = 8
_LARGEST = 2.0**31


def open_mask(
    path: Path,
    names: tuple[str, ...],
    *,
    overlapping: bool = False,
    values: Mapping[int, int] | None = None,
    like: Grid | None = None,
) -> Mask:
    """Open a mask, header only. FileError at once for an unreadable file, on loading for labels that are no classes.

    names       : the K classes, background first
    overlapping : regions may overlap: the file holds a channel a class, K - 1 (background left out) or K
    like        : grid of the image it belongs to; a DICOM SEG, which leaves out empty frames, is widened to it
    values      : what each value in the file means: {255: 1}; values not named are background
    """
    path = Path(path)
    table = tuple(sorted(values.items())) if values is not None else None
    image = _open_labels(path, names, overlapping)
    if like is not None and image.channels == (names[1:] if overlapping else ("label",)):
        image = placed_on(image, like)
    if overlapping:
        keep = len(names) - 1
        if len(image.channels) not in (keep, len(names)):
            raise FileError(
                f"{path}: expected {keep} channels, one a class ({', '.join(names[1:])}), got {len(image.channels)}. "
                "Give one file a class."
            )
        load = partial(load_regions, image, keep)
        return Mask(labels=Image(grid=image.grid, unit="1", channels=names[1:], load=load), names=names, overlapping=True)
    load_one = partial(load_labels, image, path, names, table)
    return Mask(labels=Image(grid=image.grid, unit="1", channels=("label",), load=load_one), names=names)


def open_masks(paths: Sequence[Path], names: tuple[str, ...]) -> Mask:
    """Open one file a class (background left out) as one mask of overlapping regions. FileError if their grids differ."""
    if len(paths) != len(names) - 1:
        raise FileError(f"expected {len(names) - 1} files, one a class ({', '.join(names[1:])}), got {len(paths)}.")
    parts = tuple(open_mask(path, (names[0], name)).labels for path, name in zip(paths, names[1:], strict=True))
    for part, path in zip(parts, paths, strict=True):
        if not part.grid.same_as(parts[0].grid):
            raise GeometryError(f"{path}: expected the grid of {paths[0]}, {parts[0].grid.shape}, got {part.grid.shape}. {_FIX}")
    load = partial(load_joined, parts)
    return Mask(labels=Image(grid=parts[0].grid, unit="1", channels=names[1:], load=load), names=names, overlapping=True)


def load_labels(
    image: Image, path: Path, names: tuple[str, ...], values: tuple[tuple[int, int], ...] | None
) -> NDArray[np.integer[Any]]:
    """Read class indices (1, *S), uint8 where K allows. FileError for values that are no class."""
    samples = _one_channel(image.array(), path)
    kind = np.uint8 if len(names) <= 256 else np.uint16
    whole = _whole(samples, path, names)
    if values is not None:
        return np.asarray(_mapped(whole, dict(values), path, names), kind)
    found = _distinct(whole)
    if len(names) == 2 and 255 in found and set(found) <= {0, 255}:
        return np.asarray(whole == 255, kind)
    if found and (found[0] < 0 or found[-1] >= len(names)):
        raise FileError(f"{path}: expected labels 0 to {len(names) - 1} ({', '.join(names)}), got {_listed(found)}. {_FIX}")
    return np.asarray(whole, kind)


def load_regions(image: Image, keep: int) -> NDArray[np.bool_]:
    """Read overlapping regions, bool (K - 1, *S)."""
    return np.asarray(image.array()[-keep:] > 0)


def load_joined(parts: tuple[Image, ...]) -> NDArray[np.bool_]:
    """Read one region a file, bool (K - 1, *S)."""
    return np.concatenate([part.array() > 0 for part in parts])


def _open_labels(path: Path, names: tuple[str, ...], overlapping: bool) -> Image:
    """Open what holds the labels: pictures by palette index, a SEG by segment, the rest as images."""
    bare = split_fragment(path)[0]
    if bare.is_dir():
        return open_image(path)
    kind = file_kind(bare)
    if kind == "picture" and bare == path:
        return open_raster(path, indices=True)
    if kind == "tiff" and bare == path:
        return open_tiff(path, indices=True)
    if kind == "dicom" and sop_class(read_dataset(bare, tags=["SOPClassUID"])) in SEGMENTATIONS:
        return open_segments(bare, names, overlapping=overlapping)
    return open_image(path)


def _one_channel(samples: NDArray[Any], path: Path) -> NDArray[Any]:
    """(1, *S) of a gray file, or of a color file whose channels are equal."""
    if samples.shape[0] == 1:
        return samples
    if samples.shape[0] == len(RGB) and all(np.array_equal(samples[0], other) for other in samples[1:]):
        return samples[:1]
    raise FileError(
        f"{path}: expected one channel of class indices, got {samples.shape[0]} that differ "
        "(a colored mask, or one channel a class). "
        "Write class indices; or set overlapping: true if each channel is a class."
    )


def _whole(samples: NDArray[Any], path: Path, names: tuple[str, ...]) -> NDArray[np.integer[Any]]:
    """Samples as integers. FileError for fractions and NaN."""
    if samples.dtype.kind in "iu":
        return samples
    if not (np.abs(samples) < _LARGEST).all() or not np.array_equal(samples, np.round(samples)):
        low, high = (float(np.nanmin(samples)), float(np.nanmax(samples))) if samples.size else (np.nan, np.nan)
        raise FileError(
            f"{path}: expected whole labels ({', '.join(names)}), got fractions, NaN or huge numbers from {low:.3g} to {high:.3g}: "
            f"a probability, or a mask resampled with interpolation. {_FIX}"
        )
    return np.asarray(samples, np.int64)


def _distinct(whole: NDArray[np.integer[Any]]) -> list[int]:
    """Values that appear, sorted; fast for small integers."""
    if whole.dtype == np.uint8:
        return [int(v) for v in np.flatnonzero(np.bincount(whole.ravel(order="K"), minlength=256))]
    low, high = int(whole.min(initial=0)), int(whole.max(initial=0))
    if low >= 0 and high < 2**16:
        return [int(v) for v in np.flatnonzero(np.bincount(whole.ravel(order="K").astype(np.int64)))]
    return [int(v) for v in np.unique(whole)]


def _mapped(
    whole: NDArray[np.integer[Any]], values: dict[int, int], path: Path, names: tuple[str, ...]
) -> NDArray[np.integer[Any]]:
    """Apply a table of values; one the table does not name is background. FileError for a class that does not exist."""
    wrong = sorted({c for c in values.values() if not 0 <= c < len(names)})
    if wrong:
        raise FileError(f"{path}: expected values to map to classes 0 to {len(names) - 1}, got {wrong}. Correct `values`.")
    out = np.zeros(whole.shape, np.int64)
    for value, index in values.items():
        out[whole == value] = index
    return out


def _listed(found: list[int]) -> str:
    """The first values found, and whether they look anti-aliased."""
    shown = ", ".join(map(str, found[:_SHOWN])) + (f" … {found[-1]} ({len(found)} values)" if len(found) > _SHOWN else "")
    return shown + (": an anti-aliased or JPEG-compressed mask" if len(found) > 20 and found[-1] <= 255 else "")
