"""An image with its note written into the pixels of every slice, so that no viewer can leave it out.

In:   an image with a note.
Out:  the image, loaded; the words, brightest on darkest, at the top left of each slice, as wide as it at most.
Not:  no change to files; what the words cover is lost, so nothing is measured on such an image.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from isocenter.core.image import Image, held_image

_SHARE = 1 / 24
"""Height of the words, as a share of a slice's width."""
_LEAST_PX = 7


def burned_in(image: Image) -> Image:
    """Return the image with its note in its pixels; the image itself if it has none."""
    if not image.note:
        return image
    samples = image.array().copy()  # (C, X, Y[, Z][, T])
    words, strip = _drawn(image.note, samples.shape[1], samples.shape[2])
    low, high = np.nanmin(samples), np.nanmax(samples)
    corner = samples[:, : strip.shape[0], : strip.shape[1]]
    shape = (1, *strip.shape) + (1,) * (samples.ndim - 3)
    corner[...] = np.where(strip.reshape(shape), np.where(words.reshape(shape), high, low), corner)
    return held_image(samples, image.grid, unit=image.unit, channels=image.channels, note=image.note)


def _drawn(text: str, width: int, height: int) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """Where the words are, and the strip behind them: (X, Y) each, of a slice of this size."""
    size = max(_LEAST_PX, round(width * _SHARE))
    font = ImageFont.load_default(size)
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > width - 2:
            lines, line = [*lines, line], word
        else:
            line = longer
    picture = Picture.new("L", (width, height), 0)
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1"
    block = "\n".join([*lines, line])
    draw.multiline_text((1, 0), block, fill=255, font=font, spacing=1)
    right, bottom = draw.multiline_textbbox((1, 0), block, font=font, spacing=1)[2:]
    strip = np.zeros((width, height), bool)
    strip[: int(right) + 2, : int(bottom) + 2] = True
    return np.asarray(picture).T > 0, strip
