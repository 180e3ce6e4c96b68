"""A true image and an answered one, on one grid.

In:   a Pair of images, its region.
Out:  both arrays as float64, the samples that count.
Not:  no metric.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.core.task import Pair
from isocenter.metrics.mask_pair import read_region


class ImagePair(Record):
    """Two images (C, *S[, T])."""

    truth: NDArray[np.float64]
    answer: NDArray[np.float64]
    inside: NDArray[np.bool_]
    """(C, *S[, T]): in the region, and finite in both."""
    unit: str

    @property
    def gaps(self) -> NDArray[np.float64]:
        """Answer minus truth where both count, flat."""
        return self.answer[self.inside] - self.truth[self.inside]

    @property
    def span(self) -> float:
        """Largest minus smallest true value where it counts; NaN without samples."""
        known = self.truth[self.inside]
        return float(np.ptp(known)) if known.size else float("nan")


def read_image_pair(pair: Pair) -> ImagePair:
    """Load both images. StudyError if the answer is no image, GeometryError if shape or grid differ."""
    truth, answer = pair.truth, pair.answer
    if not isinstance(truth, Image) or not isinstance(answer, Image):
        raise StudyError(f"case {pair.case}: expected an image as answer, got {type(answer).__name__}.")
    if truth.shape != answer.shape or not truth.grid.same_as(answer.grid):
        raise GeometryError(
            f"case {pair.case}: expected an answer of shape {truth.shape} on the truth's grid, got {answer.shape}. "
            "Resample the answer to the truth's grid first."
        )
    a, b = np.asarray(truth.array(), float), np.asarray(answer.array(), float)
    inside = np.isfinite(a) & np.isfinite(b)
    region = read_region(pair, truth.grid.shape)
    if region is not None:
        inside &= region.reshape(1, *region.shape, *([1] * (a.ndim - 1 - region.ndim)))
    return ImagePair(truth=a, answer=b, inside=inside, unit=truth.unit)
