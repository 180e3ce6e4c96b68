"""How a patient lies in a short-axis picture: turned and moved in its plane.

In:   parameters, a generator, positions of pixels.
Out:  coordinates from the axis of the left ventricle.
Not:  no height of the slice, no time.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.errors import PlanError
from isocenter.core.record import Record
from isocenter.phantoms.brain.waves import Floats


class View(Record):
    """In-plane pose."""

    turn_rad: float
    shift_mm: tuple[float, float]

    def heart_points(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return x, y (X, Y) mm from the axis of the left ventricle of pixels at x (X,) and y (Y,) mm."""
        u, v = x[:, None] - self.shift_mm[0], y[None, :] - self.shift_mm[1]
        cos, sin = np.float32(np.cos(self.turn_rad)), np.float32(np.sin(self.turn_rad))
        return np.asarray(cos * u + sin * v, np.float32), np.asarray(cos * v - sin * u, np.float32)


def draw_view(p: Mapping[str, Any], rng: np.random.Generator) -> View:
    """Draw how the patient lies in the picture."""
    turn = float(np.deg2rad(p["turn_deg"]) * rng.uniform(-1, 1))
    x, y = p["shift_mm"] * rng.uniform(-1, 1, 2)
    return View(turn_rad=turn, shift_mm=(float(x), float(y)))


def pixels_of(side_mm: float, size: int) -> Floats:
    """Return the positions of the centers of `size` pixels along a side, from its middle, mm. PlanError for fewer than 16."""
    if size < 16:
        raise PlanError(f"expected a size of at least 16, got {size}.")
    return np.asarray((np.arange(size) + 0.5) * (side_mm / size) - side_mm / 2, np.float32)
