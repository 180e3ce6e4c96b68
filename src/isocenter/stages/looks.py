"""Looks: a few pictures a model in training made, of the same seeds each time, as small files in the run folder.

In:   pictures (N, C, X, Y) in [-1, 1] and the step they were made at.
Out:  looks/step_<step>.png, the pictures in a row; the looks read back.
Not:  no choice of what is shown (the method's), no figure (figures/charts/looks.py).
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import plain_grid
from isocenter.core.image import SYNTHETIC, Image, held_image
from isocenter.imaging.resample import average_to
from isocenter.io.images import open_image
from isocenter.io.write import write_image

LOOKS = "looks"
SIDE = 48
"""Samples along the longer axis of a picture; larger ones are shrunk."""
GAP = 1


def write_look(folder: Path, step: int, images: NDArray[np.floating]) -> None:
    """Write the pictures of one look, some kilobytes. Nothing where they are none. FileError on a full disk."""
    if not len(images):
        return
    row = _row([_small(np.asarray(image, np.float32)) for image in images])
    (folder / LOOKS).mkdir(exist_ok=True)
    image = held_image(row, plain_grid(row.shape[1:]), note=SYNTHETIC)
    write_image(image, folder / LOOKS / f"step_{step:07d}.png")


def read_looks(folder: Path) -> list[tuple[int, Image]]:
    """Return step and picture of each look, earliest first; one that cannot be read is left out."""
    found = []
    for path in sorted((folder / LOOKS).glob("step_*.png")):
        try:
            image = open_image(path)
            image = held_image(image.array(), image.grid, note=image.note)  # read now: a training at work may replace it
        except (FileError, OSError):
            continue
        found.append((int(path.stem.removeprefix("step_")), image))
    return found


def _small(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one or three channels of at most SIDE samples along an axis."""
    channels = image if len(image) in (1, 3) else image.mean(axis=0, keepdims=True)
    shrink = max(1.0, max(channels.shape[1:]) / SIDE)
    return np.asarray(average_to(channels, tuple(round(n / shrink) for n in channels.shape[1:])), np.float32)


def _row(images: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """Return the images beside each other along X, (C, X, Y), a white line between them."""
    wide, high = images[0].shape[1:]
    row = np.full((len(images[0]), len(images) * (wide + GAP) - GAP, high), 255, np.uint8)
    for i, image in enumerate(images):
        row[:, i * (wide + GAP) : i * (wide + GAP) + wide] = np.round((np.clip(image, -1.0, 1.0) + 1.0) * 127.5)
    return row
