"""NumPy arrays in .npz and .npy, the form some public sets come in.

In:   `scan.npz#vol` (the name of an array, needed when there are several) or `scan.npy`; only its header is read until loaded.
      `set.npz#images[12]` is the thirteenth of a stack, `set.npy#[12]` of a nameless one: one file serves many cases.
Out:  Image (C, X, Y[, Z]) in `px`: such files carry no geometry. An array is taken as stored, first axis X; but the members of a
      stack (n, rows, columns[, 3]) are pictures, whose X is the column. A stack (n, X, Y, Z) holds volumes.
Not:  pickled objects are never loaded; nothing is written in this form.
"""

import os
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from isocenter.core.errors import FileError, unknown
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image
from isocenter.io.damage import names_damage
from isocenter.io.raster import GRAY, RGB

ONE_HEADER = threading.Lock()
"""Held while NumPy reads a header: it is a Python literal, and Python 3.11 counts the depth of literals in all threads together, so
that two at a time fail now and then with "AST constructor recursion depth mismatch" (CPython issue 106905)."""
_MEMBER = re.compile(r"(.*)\[(\d+)\]")


@names_damage
def open_array(path: Path, *, name: str | None = None) -> Image:
    """Open one array, header only. FileError if there are several and none is named, or it is no picture or volume.

    name : the array of an .npz; "images[12]" for a member of a stack, "[12]" where the array needs no name
    """
    found = None if name is None else _MEMBER.fullmatch(name)
    if found is not None:
        return _open_member(path, found[1] or None, int(found[2]))
    shape, kind = _header(path, name)
    if len(shape) not in (2, 3) or 0 in shape or kind.kind not in "biuf":
        raise FileError(f"{path}: expected numbers of shape (X, Y) or (X, Y, Z), got {kind} of shape {shape}. Write NIfTI instead.")
    return Image(grid=plain_grid(shape), unit="1", channels=GRAY, load=partial(load_array, path, name))


@names_damage
def load_array(path: Path, name: str | None) -> NDArray[Any]:
    """Read one array, (1, X, Y[, Z])."""
    with _stream(path, name) as file:
        samples = _samples(file)[None]
    return samples.astype(np.uint8) if samples.dtype == np.bool_ else samples


@names_damage
def load_member(path: Path, name: str | None, index: int) -> NDArray[Any]:
    """Read one member of a stack, (C, X, Y[, Z])."""
    member = load_stack(path, name)[index]
    if member.ndim == 3 and member.shape[-1] == len(RGB):
        samples = member.transpose(2, 1, 0)  # (rows, columns, 3) -> (3, X, Y)
    else:
        samples = member.T[None] if member.ndim == 2 else member[None]
    return np.array(
        samples, np.uint8 if samples.dtype == np.bool_ else samples.dtype, order="C"
    )  # a copy: the stack stays as it is


def load_stack(path: Path, name: str | None) -> NDArray[Any]:
    """Read a whole stack, read-only. The last two stacks stay in memory, so that a walk through their members reads a file once."""
    about = path.stat()
    return _held_stack(os.fspath(path), name, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=2)
def _held_stack(path: str, name: str | None, changed_ns: int, size: int) -> NDArray[Any]:
    """Read a stack; a file that changed is another key."""
    del changed_ns, size
    if not zipfile.is_zipfile(path):
        with ONE_HEADER:
            return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    with _stream(Path(path), name) as file:
        stack = _samples(file)
    stack.flags.writeable = False
    return np.asarray(stack)


def _open_member(path: Path, name: str | None, index: int) -> Image:
    """Open a member of a stack by the stack's header."""
    shape, kind = _header(path, name)
    if len(shape) not in (3, 4) or 0 in shape or kind.kind not in "biuf":
        raise FileError(
            f"{path}: expected a stack of shape (n, rows, columns[, 3]) or (n, X, Y, Z), got {kind} of shape {shape}. "
            "Leave the [number] out, or name another array."
        )
    if index >= shape[0]:
        raise FileError(f"{path}: expected a member from [0] to [{shape[0] - 1}], got [{index}]. Correct the cell.")
    load = partial(load_member, path, name, index)
    if len(shape) == 4 and shape[3] != len(RGB):
        return Image(grid=plain_grid(shape[1:]), unit="1", channels=GRAY, load=load)
    channels = RGB if len(shape) == 4 else GRAY
    return Image(grid=plain_grid((shape[2], shape[1])), unit="1", channels=channels, load=load)


def _header(path: Path, name: str | None) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Read the shape and the type of one array."""
    with _stream(path, name) as file:
        shape, _, kind = _read_header(file)
    return shape, kind


def _read_header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read shape, whether the first axis varies fastest, and type."""
    with ONE_HEADER:
        version = npy.read_magic(file)
        reader = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, first_fastest, kind = reader(file)
    return tuple(shape), bool(first_fastest), kind


def _samples(file: IO[bytes]) -> NDArray[Any]:
    """Read one array. ValueError for pickled objects and for a file that ends early."""
    shape, first_fastest, kind = _read_header(file)
    if kind.hasobject:
        raise ValueError("pickled objects, which could run any program when loaded")
    wanted = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
    held = bytearray(file.read(wanted))
    if len(held) != wanted:
        raise ValueError(f"{len(held)} bytes where the header promises {wanted}")
    return np.frombuffer(held, kind).reshape(shape, order="F" if first_fastest else "C")


@contextmanager
def _stream(path: Path, name: str | None) -> Iterator[IO[bytes]]:
    """Open the bytes of one array; whatever goes wrong inside is a FileError with its cause."""
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                yield file
            return
        with zipfile.ZipFile(path) as archive:
            names = [n.removesuffix(".npy") for n in archive.namelist() if n.endswith(".npy")]
            if name is None and len(names) != 1:
                raise FileError(
                    f"{path}: expected one array, got {', '.join(names) or 'none'}. Name one: {path.name}#{(names or ['NAME'])[0]}"
                )
            wanted = name if name is not None else names[0]
            if wanted not in names:
                raise FileError(f"{path}: {unknown('array', wanted, names)}")
            with archive.open(f"{wanted}.npy") as file:
                yield file
    except FileError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise FileError(f"{path}: expected a NumPy array, got: {error}. Copy or export it again.") from error
