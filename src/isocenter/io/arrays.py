"""NumPy arrays in .npz and .npy, the form some public sets come in.

In:   `scan.npz#vol` (the name of an array, needed when there are several) or `scan.npy`; only its header is read until loaded.
Out:  Image (1, X, Y[, Z]) in `px`: such files carry no geometry. The array is taken as stored, first axis X.
Not:  pickled objects are never loaded; nothing is written in this form.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from isocenter.core.errors import FileError, unknown
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image
from isocenter.io.damage import names_damage
from isocenter.io.raster import GRAY


@names_damage
def open_array(path: Path, *, name: str | None = None) -> Image:
    """Open one array, header only. FileError if there are several and none is named, or it is no picture or volume.

    name : the array of an .npz
    """
    with _stream(path, name) as file:
        version = npy.read_magic(file)
        reader = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, kind = reader(file)
    if len(shape) not in (2, 3) or 0 in shape or kind.kind not in "biuf":
        raise FileError(f"{path}: expected numbers of shape (X, Y) or (X, Y, Z), got {kind} of shape {shape}. Write NIfTI instead.")
    return Image(grid=plain_grid(shape), unit="1", channels=GRAY, load=partial(load_array, path, name))


@names_damage
def load_array(path: Path, name: str | None) -> NDArray[Any]:
    """Read one array, (1, X, Y[, Z])."""
    with _stream(path, name) as file:
        samples = npy.read_array(file, allow_pickle=False)[None]
    return samples.astype(np.uint8) if samples.dtype == np.bool_ else samples


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
