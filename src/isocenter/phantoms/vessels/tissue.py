"""What lies around the vessels: white and gray matter in folds, fluid, and fat at a border.

In:   a cube, a generator.
Out:  shares of each tissue, (N, N, N), summing to 1.
Not:  no vessels, no signal.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.phantoms.vessels.raster import Cube

Array = NDArray[np.float32]


def draw_tissue(parameters: Mapping[str, Any], cube: Cube, rng: np.random.Generator) -> dict[str, Array]:
    """Return the share of white, gray, csf and fat in every voxel.

    The folds are the level sets of a smooth random field: white within, a ribbon of gray, fluid in the clefts.
    """
    field = smooth_field(cube, rng, parameters["folds"])
    edge = np.float32(0.25)
    white = np.clip((field + 0.15) / edge + 0.5, 0, 1)
    fluid = np.clip((-1.15 - field) / edge + 0.5, 0, 1)
    center = rng.normal(0, 0.05, 2) * cube.size * cube.voxel_mm
    x, y, z = np.meshgrid(cube.centers, cube.centers, cube.centers, indexing="ij", sparse=True)
    half = cube.size * cube.voxel_mm / 2
    hollow = np.sqrt(((x - center[0]) / 0.34) ** 2 + ((y - center[1]) / 0.24) ** 2 + ((z + 0.35 * half) / 0.55) ** 2) / half
    fluid = np.maximum(fluid, np.clip((0.9 - hollow) / 0.15 + 0.5, 0, 1).astype(np.float32))  # the basal cistern around the circle
    normal = rng.normal(size=3) * [1, 1, 0.3]
    normal /= np.linalg.norm(normal)
    depth = normal[0] * x + normal[1] * y + normal[2] * z
    fat = np.clip((depth - rng.uniform(0.92, 1.25) * half) / cube.voxel_mm, 0, 1).astype(np.float32)
    fluid = fluid * (1 - fat)
    white = white * (1 - fluid - fat).clip(0)
    gray = (1 - white - fluid - fat).clip(0)
    return {"white": white, "gray": gray, "csf": fluid, "fat": fat}


def smooth_field(cube: Cube, rng: np.random.Generator, length_mm: float) -> Array:
    """Return a smooth random field (N, N, N), mean 0 and SD 1; drawn on a coarse lattice, so alike at any voxel size."""
    side = cube.size * cube.voxel_mm
    coarse = int(np.ceil(side / length_mm)) + 4
    lattice = rng.standard_normal((coarse,) * 3).astype(np.float32)
    at = (cube.centers + side / 2) / length_mm + 1.5
    for axis in range(3):
        lattice = _spread(lattice, at, axis)
    return np.asarray((lattice - lattice.mean()) / max(float(lattice.std()), 1e-9), np.float32)


def _spread(lattice: Array, at: NDArray[np.float64], axis: int) -> Array:
    """Interpolate one axis with a cubic B-spline's weights."""
    base = np.floor(at).astype(int)
    t = (at - base).astype(np.float32)
    weights = ((1 - t) ** 3 / 6, (3 * t**3 - 6 * t**2 + 4) / 6, (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6, t**3 / 6)
    moved = np.moveaxis(lattice, axis, -1)
    total = sum(moved[..., np.clip(base - 1 + k, 0, lattice.shape[axis] - 1)] * w for k, w in enumerate(weights))
    return np.asarray(np.moveaxis(np.asarray(total), -1, axis), np.float32)


def average_cube(fine: Array, finer: int) -> Array:
    """Return the mean over blocks of finer³ voxels."""
    n = fine.shape[0] // finer
    return np.asarray(fine.reshape(n, finer, n, finer, n, finer).mean((1, 3, 5)), np.float32)


def blur(fine: Array, sigma: tuple[float, float, float]) -> Array:
    """Blur by a point-spread function, sigma in fine voxels."""
    return np.asarray(ndimage.gaussian_filter(fine, sigma, mode="nearest", truncate=3.0), np.float32)
