"""Where source, patient and film stand: the geometry of one exposure.

In:   a view's name, or distances and angles.
Out:  View: from a film coordinate and a depth to a place in the body, and back.
Not:  no shapes, no physics.

Film coordinates (u right, v down, mm) lie in the film's plane; depth t runs along the beam, 0 at the body's origin. In frontal
views the patient's left is at the right of the picture; in a lateral one the back is.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import PlanError, unknown
from isocenter.core.record import Record

Array = NDArray[np.float32]


class View(Record):
    """One exposure's geometry."""

    name: str
    source_mm: float
    """Source to film."""
    film_mm: float
    """Body's origin to film."""
    axes: tuple[tuple[float, float, float], ...]
    """Rows: where the film's right, the beam and the film's up point in the body (x, y, z)."""
    center: tuple[float, float]
    """Film coordinates of the middle of the picture."""
    field_mm: tuple[float, float]
    """Width and height of the picture in the film's plane."""
    roll_deg: float = 0.0

    def film(self, shape: tuple[int, int]) -> tuple[Array, Array]:
        """Return u and v, each (X, Y), at the centers of a picture's pixels."""
        u = ((np.arange(shape[0]) + 0.5) / shape[0] - 0.5) * self.field_mm[0]
        v = ((np.arange(shape[1]) + 0.5) / shape[1] - 0.5) * self.field_mm[1]
        turn = np.deg2rad(self.roll_deg)
        uu = u[:, None] * np.cos(turn) - v[None, :] * np.sin(turn) + self.center[0]
        vv = u[:, None] * np.sin(turn) + v[None, :] * np.cos(turn) + self.center[1]
        return uu.astype(np.float32), vv.astype(np.float32)

    def shrink(self, depth: Any) -> Any:
        """Return object size over its size on film, at a depth."""
        return (self.source_mm - self.film_mm + depth) / self.source_mm

    def body(self, u: Array, v: Array, depth: float) -> tuple[Array, Array, Array]:
        """Return (x, y, z) where the rays to (u, v) pass a depth."""
        k = np.float32(self.shrink(depth))
        (rx, ry, rz), (bx, by, bz), (ux, uy, uz) = self.axes
        f = np.float32
        x = f(rx) * k * u + f(bx * depth) - f(ux) * k * v
        y = f(ry) * k * u + f(by * depth) - f(uy) * k * v
        z = f(rz) * k * u + f(bz * depth) - f(uz) * k * v
        return x, y, z

    def onto_film(self, world: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Body places (N, 3) -> film u, v and the magnification there, each (N,)."""
        frame = np.asarray(world, np.float64) @ np.asarray(self.axes, np.float64).T  # (N, 3): right, depth, up
        grow = 1.0 / self.shrink(frame[:, 1])
        return frame[:, 0] * grow, -frame[:, 2] * grow, grow

    def onto_pixels(
        self, world: NDArray[np.floating], shape: tuple[int, int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Body places (N, 3) -> fractional pixel i, j (0 = center of the first) and the magnification, each (N,)."""
        u, v, grow = self.onto_film(world)
        turn = np.deg2rad(self.roll_deg)
        du, dv = u - self.center[0], v - self.center[1]
        across = (du * np.cos(turn) + dv * np.sin(turn)) / self.field_mm[0] + 0.5
        down = (-du * np.sin(turn) + dv * np.cos(turn)) / self.field_mm[1] + 0.5
        return across * shape[0] - 0.5, down * shape[1] - 0.5, grow


def stand(
    parameters: Mapping[str, Any],
    name: str,
    *,
    center: tuple[float, float],
    field_mm: tuple[float, float],
    turn_deg: float,
    tilt_deg: float,
    roll_deg: float,
) -> View:
    """Return the view of a name, with the patient turned and the beam tilted a little.

    name : a key of parameters["views"] (PA, AP, AP Supine, L, lordotic); PlanError otherwise
    """
    views = parameters["views"]
    if name not in views:
        raise PlanError(unknown("view", name, views))
    plan = views[name]
    frame = np.array(plan["axes"], float)
    turn, tilt = np.deg2rad(turn_deg), np.deg2rad(tilt_deg + plan["tilt_deg"])
    about_z = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    right, beam, up = frame @ about_z.T
    beam, up = np.cos(tilt) * beam + np.sin(tilt) * up, np.cos(tilt) * up - np.sin(tilt) * beam
    return View(
        name=name,
        source_mm=plan["source_mm"],
        film_mm=plan["film_mm"],
        axes=tuple(tuple(float(c) for c in row) for row in (right, beam, up)),  # type: ignore[misc]
        center=center,
        field_mm=field_mm,
        roll_deg=roll_deg,
    )
