"""Slide: a pyramid too large to load."""

from typing import Protocol

from isocenter.core.grid import Grid
from isocenter.core.image import Image


class Slide(Protocol):
    """A pyramid read by tile and by resolution. LAZY."""

    grid: Grid

    def read(self, origin_um: tuple[float, float], shape_px: tuple[int, int], um_per_px: float) -> Image:
        """Return one tile at a resolution."""
        ...
