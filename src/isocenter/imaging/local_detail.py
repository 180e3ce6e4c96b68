"""Local detail: what is left of a picture once the mean and the contrast around each sample are taken out.

In:   a picture, how far "around" reaches, the contrast below which nothing is made of it.
Out:  a picture of local mean 0 and local contrast 1 at most.
Not:  no comparison (perceptual_hash.py, turned_copies.py).

Two pictures of one kind share bright and dark parts (the disc of a fundus, the dark skin of a mole) and correlate by them; detail
does not.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def local_detail(picture: NDArray[np.floating[Any]], sigma: float, *, floor: float) -> NDArray[np.floating[Any]]:
    """Return the detail of a picture (X, Y); `sigma` in samples, `floor` in the picture's unit, > 0."""
    local = picture - ndimage.gaussian_filter(picture, sigma)
    contrast = np.sqrt(ndimage.gaussian_filter(local**2, sigma)) + picture.dtype.type(floor)
    detail: NDArray[np.floating[Any]] = local / contrast
    return detail
