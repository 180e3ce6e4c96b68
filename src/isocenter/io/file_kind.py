"""What a file is, told from its first bytes.

In:   a path as the user typed it, with an optional fragment: `scan.png#gray`, `folder#3`.
Out:  "nifti", "dicom", "tiff", "picture", "metaimage", "array", or FileError that says what the file is instead.
Not:  no header is parsed here; a suffix decides only where the content cannot.
"""

import gzip
import zlib
from pathlib import Path
from typing import Literal

from isocenter.core.errors import FileError

FileKind = Literal["nifti", "dicom", "tiff", "picture", "metaimage", "array"]

_NOT_IMAGES = (
    (b"%PDF", "a PDF document"),
    (b"\x89HDF", "an HDF5 or MINC 2 file"),
    (b"CDF\x01", "a MINC 1 file"),
    (b"PAR1", "a Parquet table"),
    (b"# === DATA DESC", "a Philips PAR header"),
    (b"type = ", "an AFNI header"),
    (b"<?xml", "an XML file"),
    (b"<!DOC", "a web page"),
    (b"version https://git-lfs", "a Git LFS pointer; the file itself was not downloaded"),
)
_LONG = (348, 540)  # sizes of the NIfTI-1 and NIfTI-2 headers, their first field
_GROUPS = (0x0002, 0x0004, 0x0008)  # a DICOM data set without preamble begins in one of these groups
_NIFTI_SUFFIXES = (".nii", ".nii.gz", ".hdr", ".hdr.gz", ".img", ".img.gz", ".mgh", ".mgz")


def split_fragment(path: Path) -> tuple[Path, str | None]:
    """Split `scan.png#gray` into the path and what follows the last #. A file whose own name holds a # wins."""
    if "#" not in path.name or path.exists():
        return path, None
    name, _, fragment = path.name.rpartition("#")
    return path.with_name(name), fragment


def file_kind(path: Path) -> FileKind:
    """Tell what a file is. FileError if it is missing, empty, or no image this product reads."""
    start = first_bytes(path)
    found = _by_magic(path, start) or _by_suffix(path, start)
    if found is not None:
        return found
    for magic, what in _NOT_IMAGES:
        if start.startswith(magic):
            raise FileError(
                f"{path}: expected an image (NIfTI, DICOM, PNG, JPEG, TIFF, GIF, NRRD or MHA), got {what}. "
                "Convert it to NIfTI or PNG first, or correct the path in the table."
            )
    raise FileError(
        f"{path}: expected an image (NIfTI, DICOM, PNG, JPEG, TIFF, GIF, NRRD or MHA), got a file of none of these formats. "
        "Correct the path in the table, or convert the file to NIfTI or PNG."
    )


def first_bytes(path: Path, count: int = 4096) -> bytes:
    """Return the beginning of a file, unpacked if it is gzip. FileError if missing, empty, unreadable or cut short."""
    try:
        with path.open("rb") as file:
            start = file.read(count)
        if start.startswith(b"\x1f\x8b"):
            with gzip.open(path, "rb") as packed:
                start = packed.read(count)
    except FileNotFoundError:
        raise FileError(f"{path}: expected a file, got nothing at this path. Correct the path, or give --data DIR.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(f"{path}: expected a readable file, got: {error}. Copy or download it again.") from error
    if not start:
        raise FileError(f"{path}: expected an image, got an empty file. Copy or download it again.")
    return start


def _by_magic(path: Path, start: bytes) -> FileKind | None:
    """Kinds whose first bytes say it."""
    if start[128:132] == b"DICM":
        return "dicom"
    if start.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")):
        return "picture"
    if start.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if start.startswith(b"NRRD0") or start.lstrip()[:40].startswith((b"ObjectType", b"NDims")):
        return "metaimage"
    if start.startswith((b"\x93NUMPY", b"PK\x03\x04")) and path.suffix.lower() in (".npy", ".npz"):
        return "array"
    size = (int.from_bytes(start[:4], "little"), int.from_bytes(start[:4], "big"))
    if (size[0] in _LONG or size[1] in _LONG) and (start[344:347] in (b"n+1", b"ni1") or start[4:7] in (b"n+2", b"ni2")):
        return "nifti"
    return None


def _by_suffix(path: Path, start: bytes) -> FileKind | None:
    """Kinds whose content has no magic: image halves of pairs, MGH, and DICOM without a preamble."""
    if path.name.lower().endswith(_NIFTI_SUFFIXES):
        return "nifti"
    group = (int.from_bytes(start[:2], "little"), int.from_bytes(start[:2], "big"))
    element = (int.from_bytes(start[2:4], "little"), int.from_bytes(start[2:4], "big"))
    if any(g in _GROUPS and e < 0x0100 for g, e in zip(group, element, strict=True)):
        return "dicom"
    return None
