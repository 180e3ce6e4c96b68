"""Morphology of single cells: size, shape, intensity, texture and distance to the nearest neighbor.

In:   object numbers (X, Y), 0 = none; intensities (C, X, Y) on the same grid; the length of one pixel.
Out:  one CellProfile per object, in the order of their numbers.
Not:  no finding of cells (task segmentation or localization), no reading of files (pipelines/cell_profiles.py).

Reference: Carpenter et al., Genome Biol 2006; 7:R100 (profiles of cells); Haralick et al., IEEE Trans SMC 1973; 3:610 (texture).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label
from scipy.spatial import cKDTree
from skimage.measure import regionprops

from isocenter.core.errors import GeometryError
from isocenter.core.record import Record

LEVELS = 16
"""Gray levels of the texture, equally wide from the darkest to the brightest pixel of the picture."""
_STEPS = ((1, 0), (0, 1), (1, 1), (1, -1))


class CellProfile(Record):
    """One cell. Lengths in the unit of the pixel size; NaN = not measurable."""

    number: int
    x: float
    """Of the centroid, like y, from the center of the first pixel."""
    y: float
    area: float
    perimeter: float
    eccentricity: float
    """Of the ellipse with the same second moments: 0 = circle, towards 1 = line."""
    solidity: float
    """Share of the convex hull that is filled."""
    intensity_mean: tuple[float, ...]
    """By channel."""
    intensity_sd: tuple[float, ...]
    contrast: float
    """Mean squared difference of the levels of adjacent pixels of the cell; 0 = flat."""
    homogeneity: float
    """Mean of 1 / (1 + squared difference); 1 = flat."""
    entropy: float
    """Bits of the joint levels of adjacent pixels."""
    nearest: float
    """Distance to the nearest other centroid; NaN for a single cell."""
    at_edge: bool
    """Touches the edge of the picture, which may have cut it."""
    parts: int
    """Pieces that do not touch, not even at a corner; more than 1 is a doubtful object."""


def profile_cells(objects: NDArray[np.integer], intensity: NDArray[np.number], *, pixel: float = 1.0) -> list[CellProfile]:
    """Return the profile of every object.

    Parameters
    ----------
    objects : (X, Y)
        Numbers of cells, 0 = none. No object: an empty list.
    intensity : (C, X, Y)
        Texture is measured on the mean of the channels. GeometryError when it is not on the grid of the objects.
    pixel : length of a side of a pixel, which is a square
    """
    if intensity.shape[1:] != objects.shape:
        raise GeometryError(
            f"expected objects of shape {intensity.shape[1:]} like the picture, got {objects.shape}. "
            "Give the picture they were drawn on."
        )
    samples = np.asarray(intensity, float)
    levels = _levels(samples.mean(0))
    regions = regionprops(np.asarray(objects, np.int64))  # type: ignore[no-untyped-call]
    centers = np.asarray([region.centroid for region in regions]).reshape(-1, 2)
    nearest = np.full(len(regions), math.nan)
    if len(regions) > 1:
        nearest = cKDTree(centers).query(centers, k=2)[0][:, 1] * pixel
    made = []
    for region, center, distance in zip(regions, centers, nearest, strict=True):
        inside, box = region.image, region.slice
        values = samples[:, *box][:, inside]  # (C, pixels)
        contrast, homogeneity, entropy = _texture(levels[box], inside)
        low_x, low_y, high_x, high_y = region.bbox
        made.append(
            CellProfile(
                number=int(region.label),
                x=float(center[0]) * pixel,
                y=float(center[1]) * pixel,
                area=float(inside.sum()) * pixel**2,
                perimeter=float(region.perimeter) * pixel,
                eccentricity=float(region.eccentricity),
                solidity=float(region.solidity) if min(inside.shape) > 1 else 1.0,  # a line fills its hull, which has no area
                intensity_mean=tuple(values.mean(1).tolist()),
                intensity_sd=tuple(values.std(1).tolist()),
                contrast=contrast,
                homogeneity=homogeneity,
                entropy=entropy,
                nearest=float(distance),
                at_edge=min(low_x, low_y) == 0 or high_x == objects.shape[0] or high_y == objects.shape[1],
                parts=int(label(inside, np.ones((3, 3)))[1]),
            )
        )
    return made


def _levels(gray: NDArray[np.float64]) -> NDArray[np.int64]:
    low, high = float(gray.min()), float(gray.max())
    if high <= low:
        return np.zeros(gray.shape, np.int64)
    return np.minimum((gray - low) / (high - low) * LEVELS, LEVELS - 1).astype(np.int64)


def _texture(levels: NDArray[np.int64], inside: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return contrast, homogeneity and entropy of the pairs whose pixels both lie in the cell; NaN where there is no pair."""
    pairs = []
    for dx, dy in _STEPS:
        here = (slice(0, inside.shape[0] - dx), slice(max(0, -dy), inside.shape[1] - max(0, dy)))
        there = (slice(dx, None), slice(max(0, dy), inside.shape[1] + min(0, dy)))
        both = inside[here] & inside[there]
        pairs.append(np.stack([levels[here][both], levels[there][both]]))
    first, second = np.concatenate(pairs, axis=1)
    if not first.size:
        return math.nan, math.nan, math.nan
    squared = (first - second) ** 2
    joint = np.bincount(np.minimum(first, second) * LEVELS + np.maximum(first, second))
    share = joint[joint > 0] / first.size
    return float(squared.mean()), float((1 / (1 + squared)).mean()), float(-(share * np.log2(share)).sum()) + 0.0
