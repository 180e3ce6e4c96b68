"""Stain normalization by separation: which two dyes a slide was stained with, and the slide as another lab would have stained it.

In:   pixels of tissue (3, ...), 8 bit.
Out:  Stains (two unit vectors and how dense each gets); pixels with the stains of a reference.
Not:  no more than two dyes.

Reference: Macenko et al., ISBI 2009: 1107-1110.
Differs:   densities of the reference are those of the learning slides, not of one picked picture.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.imaging.tissue import optical_density, white_of

LEAST_DENSITY = 0.15
"""Paler pixels tell nothing of the dyes (base 10; 0.15 is Macenko's, base e there)."""
EXTREME = 1.0
"""Percentile of the angles that the two dyes are taken from."""
DENSE = 99.0
"""Percentile of the concentrations that counts as dense."""
LEAST_PIXELS = 100


class Stains(Record):
    """What a slide was stained with."""

    vectors: tuple[tuple[float, float, float], tuple[float, float, float]]
    """Optical density of hematoxylin and of eosin in red, green, blue; each of length 1."""
    dense: tuple[float, float]
    """Concentration of each that 99 % of the pixels stay below."""
    white: tuple[float, float, float] = (255.0, 255.0, 255.0)
    """Of glass."""


STANDARD = Stains(vectors=((0.5626, 0.7201, 0.4062), (0.2159, 0.8012, 0.5581)), dense=(1.9705 / np.log(10), 1.0308 / np.log(10)))
"""The reference of Macenko's published code: for pictures that have no learning slides to take one from."""


def standard_stains(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture (3, ...) as the standard would stain it; as it is where its own stains cannot be told."""
    white = white_of(picture)
    own = fit_stains(picture, white=(float(white[0]), float(white[1]), float(white[2])))
    return picture if own is None else restain(picture, own, STANDARD)


def fit_stains(pixels: NDArray[Any], *, white: tuple[float, float, float] = (255.0, 255.0, 255.0)) -> Stains | None:
    """Return the stains of pixels (3, ...); None where too few are stained, or all alike."""
    density = optical_density(pixels.reshape(3, -1), white=np.asarray(white)).T.astype(np.float64)  # (N, 3)
    stained = density[(density > LEAST_DENSITY / 3).all(axis=1) & (density.sum(axis=1) > LEAST_DENSITY)]
    if len(stained) < LEAST_PIXELS:
        return None
    values, axes = np.linalg.eigh(np.cov(stained.T))
    plane = axes[:, [2, 1]]  # the two directions in which stained pixels differ most
    if values[1] <= 1e-8:
        return None
    plane = plane * np.where(plane[0] < 0, -1, 1)
    angles = np.arctan2(stained @ plane[:, 1], stained @ plane[:, 0])
    first, last = (plane @ [np.cos(a), np.sin(a)] for a in np.percentile(angles, [EXTREME, 100 - EXTREME]))
    # Hematoxylin absorbs red more than eosin does.
    one, other = (first, last) if first[0] / first.sum() > last[0] / last.sum() else (last, first)
    vectors = np.stack([one, other]) / np.linalg.norm([one, other], axis=1, keepdims=True)
    if np.linalg.cond(vectors) > 50:
        return None
    dense = np.percentile(concentrations(stained, vectors), DENSE, axis=0)
    if (dense <= 1e-6).any():
        return None
    rows = tuple((float(v[0]), float(v[1]), float(v[2])) for v in vectors)
    return Stains(vectors=(rows[0], rows[1]), dense=(float(dense[0]), float(dense[1])), white=white)


def concentrations(density: NDArray[np.floating], vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return how much of each dye makes a density (N, 3) -> (N, 2), by least squares, not below 0."""
    return np.asarray(np.maximum(density @ np.linalg.pinv(np.asarray(vectors, float)), 0.0))


def restain(picture: NDArray[np.uint8], own: Stains, reference: Stains) -> NDArray[np.uint8]:
    """Return a picture (3, ...) as if stained like the reference, on its glass."""
    density = optical_density(picture.reshape(3, -1), white=np.asarray(own.white)).T  # (N, 3)
    amount = concentrations(density, np.asarray(own.vectors)) * (np.asarray(reference.dense) / np.asarray(own.dense))
    light = np.asarray(reference.white) * 10.0 ** -(amount @ np.asarray(reference.vectors))
    return np.asarray(np.clip(np.rint(light), 0, 255), np.uint8).T.reshape(picture.shape)


def mean_stains(found: list[Stains]) -> Stains:
    """Return the stains in the middle of several: the reference a training normalizes to."""
    vectors = np.median([s.vectors for s in found], axis=0)
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    dense, white = np.median([s.dense for s in found], axis=0), np.median([s.white for s in found], axis=0)
    rows = tuple((float(v[0]), float(v[1]), float(v[2])) for v in vectors)
    return Stains(
        vectors=(rows[0], rows[1]), dense=(float(dense[0]), float(dense[1])),
        white=(float(white[0]), float(white[1]), float(white[2])),
    )  # fmt: skip
