"""Places from a picture of dots: bright spots on a dark ground.

In:   a picture; the grid of the case's image, used where that has the same size.
Out:  Points in world coordinates, all of the first kind.
Not:  numbered objects (io/objects_file.py), listed places (io/points_file.py).
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.io.images import open_image

GROUND = 0.3
"""A single spot that covers more of its picture is a ground; nuclei that grew together reach 0.2 (CoNSeP)."""


class LightGround(FileError):
    """A picture whose bright spot is its ground: the dots are what is dark, and nobody said so."""


class FaintDots(FileError):
    """A picture that is not black, in which nothing is bright enough to be a dot."""


def read_dots(path: Path, names: Sequence[str], grid: Callable[[], Grid | None]) -> Points:
    """Read the centroid of each connected spot that is brighter than half of the number range in any channel.

    Where dots are single samples, two that touch are two: so most spots of one sample make every bright sample a dot. A black
    picture holds none. LightGround for dots on a light ground, FaintDots where there is something and none of it bright.
    """
    from scipy import ndimage

    picture = open_image(path)
    samples = picture.array().max(axis=0)  # (X, Y[, Z])
    spots, n = ndimage.label(samples > half_range(samples), structure=np.ones((3,) * samples.ndim))
    sizes = np.bincount(spots.ravel(), minlength=n + 1)[1:]
    _refuse(path, samples, sizes)
    if n and np.median(sizes) == 1:
        centers = np.argwhere(spots > 0).astype(float)
        n = len(centers)
    else:
        centers = np.array(ndimage.center_of_mass(np.ones_like(spots), spots, range(1, n + 1))).reshape(n, samples.ndim)
    given = grid()
    lies = given if given is not None and given.shape == picture.grid.shape else picture.grid
    return Points(
        world=lies.to_world(centers) if n else np.empty((0, samples.ndim)),
        kind=np.zeros(n, dtype=np.intp),
        score=np.full(n, np.nan),
        names=tuple(names) or ("point",),
    )


def half_range(samples: NDArray[np.generic]) -> float:
    """Return the number above which a sample is bright: half of 255, of the largest where that is more, of 1 in a 1-bit map."""
    peak = float(np.max(samples)) if samples.size else 0.0
    return max(255.0, peak) / 2 if peak > 1 else 0.5


def _refuse(path: Path, samples: NDArray[np.generic], sizes: NDArray[np.intp]) -> None:
    """Refuse what would be misread without a word. sizes : samples of each spot."""
    if len(sizes) and sizes.max() > GROUND * samples.size:
        raise LightGround(
            f"expected bright dots on a dark ground in {path.name}, got one bright spot of {sizes.max() / samples.size:.0%} of the "
            "picture: a light ground. Invert it, so that the ground is black, or write the places as CSV (i,j)."
        )
    peak = float(np.max(samples)) if samples.size else 0.0
    if peak > 0 and not len(sizes):
        raise FaintDots(
            f"expected dots brighter than half of the range ({half_range(samples):g}) in {path.name}, got nothing above {peak:g}. "
            "Export them in white (255). A picture without dots is black throughout; one that numbers its objects is read with "
            "`instances: true`."
        )
