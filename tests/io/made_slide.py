"""A slide small enough for a test: glass, and a piece of tissue whose colors change smoothly."""

from pathlib import Path

import numpy as np

from isocenter.io.pyramid import write_pyramid

RGB = ("red", "green", "blue")


def picture(width=600, height=500, *, tissue=True):
    """(3, X, Y): tissue from a fifth to four fifths of either side."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height), indexing="ij")
    shades = np.stack([170 + 40 * np.sin(6 * x), 90 + 30 * np.cos(5 * y), 160 + 30 * np.sin(4 * x * y)])
    inside = (x > 0.2) & (x < 0.8) & (y > 0.2) & (y < 0.8) & tissue
    return np.where(inside, shades, 245.0).astype(np.uint8)


def write_slide(path: Path, samples=None, *, um=0.5, quality=None) -> Path:
    return write_pyramid(picture() if samples is None else samples, path, um_per_px=um, channels=RGB, quality=quality)
