"""A true image and the answer to it, read and cut to where the truth was assessed.

In:   a Pair whose truth and answer are images.
Out:  the samples of both that count.
Not:  no metric.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.core.task import Pair
from isocenter.metrics.mask_pair import read_region


class ImagePair(Record):
    """Samples of all channels inside the region, (N,) each; NaN in either is left out."""

    truth: NDArray[np.float64]
    answer: NDArray[np.float64]
    unit: str


@lru_cache(maxsize=1)
def read_image_pair(pair: Pair) -> ImagePair | None:
    """Load both images; None unless both are images. GeometryError if they differ in shape or place."""
    truth, answer = pair.truth, pair.answer
    if not isinstance(truth, Image) or not isinstance(answer, Image):
        return None
    if truth.shape != answer.shape or not truth.grid.same_as(answer.grid):
        raise GeometryError(
            f"case {pair.case}: expected an answer of shape {truth.shape} on the truth's grid, got {answer.shape}. "
            "Resample the answer to the truth's grid first."
        )
    region = read_region(pair, truth.grid.shape)
    true, answered = np.asarray(truth.array(), float), np.asarray(answer.array(), float)
    if region is not None:
        true, answered = true[:, region], answered[:, region]
    known = np.isfinite(true) & np.isfinite(answered)
    return ImagePair(truth=true[known], answer=answered[known], unit=truth.unit)
