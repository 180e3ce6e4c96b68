"""Two sections small enough for a test: blobs of hematoxylin in a piece of tissue, the second placed by a known map."""

import numpy as np

from isocenter.imaging.sections.density import DAB, EOSIN, HEMATOXYLIN
from isocenter.imaging.sections.plane_map import PlaneMap

UM = 8.0
SIDE = 160


def tissue(x, y, seed):
    """Densities (2, ...) at places in samples: an oval piece with a dent, blobs in it."""
    rng = np.random.default_rng(seed)
    inside = ((x - 80) / 52) ** 2 + ((y - 78) / 38) ** 2 < 1
    inside &= np.hypot(x - 110, y - 48) > 16
    blobs = np.zeros(np.shape(x))
    for cx, cy, r in zip(rng.uniform(35, 125, 60), rng.uniform(42, 115, 60), rng.uniform(2, 6, 60), strict=True):
        blobs = np.maximum(blobs, np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * r**2)))
    return np.stack([inside * (0.08 + 0.7 * blobs), inside * 0.2])


def stained(amount, second, noise=1.0, seed=0):
    """(3, X, Y) uint8 of two dyes."""
    density = np.tensordot(np.asarray([HEMATOXYLIN, second]).T, amount, axes=1)
    light = 245 * 10**-density + np.random.default_rng(seed).normal(0, noise, density.shape)
    return np.clip(np.rint(light), 0, 255).astype(np.uint8)


def pair(turn_deg=40.0, shift=(60.0, -30.0), bend_um=12.0, seed=3, other_seed=None, over=False):
    """Return fixed, moving, and the map moving -> fixed as a PlaneMap (its `move` takes moving places)."""
    turn = np.deg2rad(turn_deg)
    c, s = np.cos(turn), np.sin(turn)
    rotation, center = np.array([[c, -s], [s, c]]), np.full(2, SIDE * UM / 2)
    if over:
        rotation = rotation @ np.diag([-1.0, 1.0])
    at = UM * (np.arange(SIDE) + 0.5)
    x, y = np.meshgrid(at, at, indexing="ij")
    field = bend_um * np.stack([np.sin(2 * np.pi * y / 900), np.cos(2 * np.pi * x / 800)])
    back = PlaneMap(
        matrix=rotation, offset=center - rotation @ center + np.asarray(shift), field=field, origin=(UM / 2, UM / 2), step=UM
    )
    grid = np.arange(SIDE)
    here = tissue(*np.meshgrid(grid, grid, indexing="ij"), seed)
    places = back.move(np.stack([x, y], axis=-1).reshape(-1, 2)) / UM - 0.5
    there = tissue(*places.T.reshape(2, SIDE, SIDE), seed if other_seed is None else other_seed)
    there[1] = 0.06 * (there[1] > 0) + 0.5 * (there[0] > 0.5)
    return stained(here, EOSIN), stained(there, DAB, seed=1), back
