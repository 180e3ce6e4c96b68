"""Lines, spots and smooth textures on a fine square.

In:   shapes in mm about the square's middle.
Out:  how much of every sample they cover, (N, N) in [0, 1]; fields of mean 0 and SD 1.
Not:  no color (light.py).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

Array = NDArray[np.float32]


class Canvas(Record):
    """A square of N samples a side around the middle of the picture."""

    size: int
    sample_mm: float

    @property
    def centers(self) -> NDArray[np.float64]:
        """Places of sample centers along one axis, (N,) mm."""
        return np.asarray((np.arange(self.size) + 0.5 - self.size / 2) * self.sample_mm, np.float64)

    @property
    def side_mm(self) -> float:
        """Length of a side."""
        return self.size * self.sample_mm

    def blank(self) -> Array:
        """Return zeros (N, N)."""
        return np.zeros((self.size, self.size), np.float32)


def draw_lines(
    canvas: Canvas,
    lines: Sequence[NDArray[np.float64]],
    radii: Sequence[NDArray[np.float64]],
    values: Sequence[float] | None = None,
) -> Array:
    """Return how much of each sample lines of a given half width cover; with `values`, times the value of the line.

    A line thinner than a sample covers it in part, so that its width times its cover is kept. Where lines cross, the larger counts.
    """
    out = canvas.blank()
    if not lines:
        return out
    start = np.concatenate([line[:-1] for line in lines])  # (P, 2): all pieces of all lines
    way = np.concatenate([np.diff(line, axis=0) for line in lines])
    wide = np.concatenate([np.stack([radius[:-1], radius[1:]], 1) for radius in radii])
    worth = np.repeat(np.ones(len(lines)) if values is None else np.asarray(values, float), [len(line) - 1 for line in lines])
    steps = 1 + (np.linalg.norm(way, axis=1) / (0.45 * canvas.sample_mm)).astype(int)
    piece = np.repeat(np.arange(len(steps)), steps)
    t = (np.arange(len(piece)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[piece]
    radius = wide[piece, 0] * (1 - t) + wide[piece, 1] * t
    stamp(canvas, out, start[piece] + t[:, None] * way[piece], radius, worth[piece])
    return out


def stamp(
    canvas: Canvas, out: Array, places: NDArray[np.float64], radii: NDArray[np.float64], values: NDArray[np.float64] | None = None
) -> None:
    """Stamp discs on an array in place: the largest cover (times its value) counts.

    places : (K, 2) mm
    radii  : (K,) mm
    values : (K,); None = 1
    """
    at = (places / canvas.sample_mm + canvas.size / 2 - 0.5).astype(np.float32)
    r = (radii / canvas.sample_mm).astype(np.float32)
    thin = np.where(r >= 0.5, 1.0, 2 * r / (r + 0.5) ** 2).astype(np.float32)
    worth = thin if values is None else thin * values.astype(np.float32)
    flat = out.reshape(-1)
    reaches = np.ceil(r + 0.5).astype(int)
    for reach in np.unique(reaches):
        chosen = reaches == reach
        a, b, w = at[chosen], r[chosen], worth[chosen]
        base = np.rint(a).astype(int)
        offset = np.arange(-reach, reach + 1)
        i, j = base[:, 0, None] + offset, base[:, 1, None] + offset  # (K, W)
        x, y = i - a[:, :1], j - a[:, 1:]
        away = np.sqrt((x * x)[:, :, None] + (y * y)[:, None, :])  # (K, W, W)
        cover = np.clip(0.5 - away + b[:, None, None], 0, 1) * w[:, None, None]
        inside = ((i >= 0) & (i < canvas.size))[:, :, None] & ((j >= 0) & (j < canvas.size))[:, None, :] & (cover > 0)
        index = i[:, :, None] * canvas.size + j[:, None, :]
        np.maximum.at(flat, index[inside], cover[inside])


def ellipse(canvas: Canvas, center: NDArray[np.float64], radius: float, *, oval: float = 1.0, soft_mm: float = 0.0) -> Array:
    """Return how much of each sample an upright ellipse covers.

    oval    : height / width
    soft_mm : width of its edge; at least one sample
    """
    x = (canvas.centers - center[0])[:, None]
    y = (canvas.centers - center[1])[None, :] / oval
    edge = max(soft_mm, canvas.sample_mm)
    return np.asarray(np.clip(0.5 - (np.hypot(x, y) - radius) / edge, 0, 1), np.float32)


def smooth_field(canvas: Canvas, rng: np.random.Generator, length_mm: float, *, side_mm: float) -> Array:
    """Return a smooth random field (N, N), mean 0 and SD 1, alike at any sample size.

    side_mm : the side of the lattice it is drawn on, at least that of the canvas
    """
    count = int(np.ceil(side_mm / length_mm)) + 4
    lattice = rng.standard_normal((count, count))
    weights = _spline(canvas.centers / length_mm + count / 2, count)
    field = weights @ lattice @ weights.T
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-9), np.float32)


def _spline(at: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the weights (len(at), count) of a cubic B-spline."""
    base = np.floor(at).astype(int)
    t = at - base
    parts = ((1 - t) ** 3 / 6, (3 * t**3 - 6 * t**2 + 4) / 6, (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6, t**3 / 6)
    out = np.zeros((len(at), count))
    rows = np.arange(len(at))
    for k, part in enumerate(parts):
        np.add.at(out, (rows, np.clip(base - 1 + k, 0, count - 1)), part)
    return out


def average(fine: Array, finer: int) -> Array:
    """Return the mean over blocks of finer x finer samples; leading axes are kept."""
    n = fine.shape[-1] // finer
    return np.asarray(fine.reshape(*fine.shape[:-2], n, finer, n, finer).mean((-3, -1)), np.float32)
