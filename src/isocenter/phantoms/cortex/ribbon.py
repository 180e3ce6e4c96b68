"""The cortical ribbon: how deep every place lies in it, and in which layer.

In:   parameters, generators of person and place, a canvas in mm.
Out:  Ribbon: layer of every sample, 0 = outside, 1 to 6 = I to VI, 7 = white matter.
Not:  no cells (cells.py).

Reference: Waehnert et al., NeuroImage 2014; 93:210-220 (layers keep their share of volume where the cortex bends, not of depth).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.retina.paint import Canvas, smooth_field

OUTSIDE, WHITE = 0, 7
LAYERS = ("I", "II", "III", "IV", "V", "VI")


class Ribbon(Record):
    """One piece of cortex."""

    layer: NDArray[np.uint8]
    """(N, N): 0 outside the pia, 1-6 the layers, 7 white matter."""
    thickness_mm: float
    """Mean distance of white matter and pia."""
    curvature: float
    """Thickness over the radius of the pia; above 0 = crown of a gyrus, below = bottom of a sulcus."""


def bend(p: Mapping[str, Any], canvas: Canvas, person: np.random.Generator, place: np.random.Generator, *, age: float) -> Ribbon:
    """Lay a ribbon across the canvas, turned by any angle; thickness and shares are the person's."""
    mean, sd = p["thickness_mm"]
    thick = float(np.clip(person.normal(mean, sd), mean - 2 * sd, mean + 2 * sd)) - p["thinning_mm_a_year"] * (age - 50.0)
    shares = np.asarray(p["shares"]) * np.exp(person.normal(0, p["share_sd"]["person"], len(LAYERS)))
    curvature = float(place.uniform(*p["curvature"]))
    wander = p["wander"]
    depth = _distance(p, canvas, place, thick, curvature) + wander["pia_mm"] * _field(canvas, place, wander["length_mm"])
    local = thick * np.exp(wander["thickness"] * _field(canvas, place, wander["length_mm"]))  # (N, N) mm
    share = depth / local  # of the way from pia to white matter
    volume = share * (2 - curvature * share) / (2 - curvature)
    along = p["share_sd"]
    widths = np.stack([s * np.exp(along["along"] * _field(canvas, place, along["length_mm"])) for s in shares])
    borders = np.cumsum(widths, axis=0) / widths.sum(axis=0)  # (6, N, N); the last is 1
    borders[-1] = 1.0
    layer = 1 + (volume[None] >= borders).sum(axis=0)  # 1-6, 7 where all borders are passed
    layer = np.where(depth < 0, OUTSIDE, layer)
    inside = (layer != OUTSIDE) & (layer != WHITE)
    return Ribbon(
        layer=layer.astype(np.uint8), thickness_mm=float(local[inside].mean()) if inside.any() else thick, curvature=curvature
    )


def _distance(
    p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator, thick: float, curvature: float
) -> NDArray[np.float64]:
    """Return how far each sample lies below a pia that is an arc (N, N) mm, below 0 outside."""
    angle = rng.uniform(0, 2 * np.pi)
    x, y = np.meshgrid(canvas.centers, canvas.centers, indexing="ij")
    below = x * np.cos(angle) + y * np.sin(angle) + canvas.side_mm / 2 - rng.uniform(*p["outside_mm"])
    across = y * np.cos(angle) - x * np.sin(angle)
    if abs(curvature) < 1e-3:
        return np.asarray(below)
    radius = thick / abs(curvature)
    away = np.hypot(across, radius - np.sign(curvature) * below)  # of the circle's middle, which lies below a crown
    return np.asarray(np.sign(curvature) * (radius - away))


def _field(canvas: Canvas, rng: np.random.Generator, length_mm: float) -> NDArray[np.float32]:
    return smooth_field(canvas, rng, length_mm, side_mm=canvas.side_mm)
