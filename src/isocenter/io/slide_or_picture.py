"""Sections as they come: slides, or photographs of sections whose sample size is known.

In:   a path: SVS, TIFF and the like, or PNG and JPEG with the size of a sample behind the name: `section.png#2um`.
Out:  a Slide; a picture's samples lie in memory, a slide's do not.
Not:  no registration.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.slide import HeldSlide, Slide, read_at, size_um
from isocenter.io.file_kind import file_kind, split_fragment
from isocenter.io.images import open_image
from isocenter.io.slide import NoResolution, open_slide

_BLOCK = 4096
"""Samples of the finest level, a side, that are read at once for a coarse picture: a file without coarser levels stays bounded."""


def open_section(path: Path) -> Slide:
    """Open a section. FileError, NoResolution where nothing tells how large its samples are, MissingExtra without tiffslide."""
    file, fragment = split_fragment(Path(path))
    if not file.exists():
        raise FileError(f"expected the section {file.name}, got no such file. Mend the table, or put the file there.")
    if file_kind(file) == "tiff":
        return open_slide(path)
    if fragment is None:
        raise NoResolution(
            f"{file.name}: expected a section that tells how large its samples are, got a picture. Write it behind its name in the "
            f"table: {file.name}#2um."
        )
    um = read_at(fragment)
    picture = open_image(file)
    samples = picture.array()
    if samples.ndim != 3 or samples.dtype != np.uint8 or samples.shape[0] not in (1, 3, 4):
        raise FileError(
            f"{file.name}: expected a picture of 8 bits in color or gray, got {samples.dtype} {samples.shape}. Export it so."
        )
    color = np.repeat(samples, 3, axis=0) if samples.shape[0] == 1 else samples[:3]
    return HeldSlide(samples=np.ascontiguousarray(color), finest_um=um, um_per_px=um)


def coarse_picture(slide: Slide, um_per_px: float) -> NDArray[np.uint8]:
    """Return the whole section (3, X, Y) at a coarse resolution, read block by block."""
    shape = [max(1, round(side / um_per_px)) for side in size_um(slide)]
    block = max(16, int(_BLOCK * slide.grid.spacing[0] / um_per_px))
    picture = np.empty((3, *shape), np.uint8)
    for x in range(0, shape[0], block):
        for y in range(0, shape[1], block):
            wide, tall = min(block, shape[0] - x), min(block, shape[1] - y)
            part = slide.read((x * um_per_px, y * um_per_px), (wide, tall), um_per_px).array()
            picture[:, x : x + wide, y : y + tall] = part[:3]  # gray fills all three
    return picture
