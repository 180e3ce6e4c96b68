"""Target registration error: how far landmarks lie from where they should after registration.

In:   the same landmarks twice, (N, 2), in one world: true places, and where registration carried them; places before it.
Out:  LandmarkError: distances, and their summary in the unit of the world and relative to the image diagonal.
Not:  no landmarks are found.

Reference: Borovec et al., ANHIR, IEEE Trans Med Imaging 2020; 39:3042-3052 (rTRE, robustness).
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.record import Record


class LandmarkError(Record):
    """Errors of one pair."""

    distances: NDArray[np.float64]
    """(N,), unit of the world; NaN where a landmark could not be carried."""
    diagonal: float

    @property
    def relative(self) -> NDArray[np.float64]:
        """Return distances over the diagonal, (N,): rTRE."""
        return np.asarray(self.distances / self.diagonal, np.float64)

    @property
    def median(self) -> float:
        """Return the median distance; NaN without landmarks, inf where half or more could not be carried."""
        held = np.where(np.isnan(self.distances), np.inf, self.distances)
        return float(np.median(held)) if len(held) else math.nan

    @property
    def largest(self) -> float:
        """Return the largest distance; NaN without landmarks."""
        held = np.where(np.isnan(self.distances), np.inf, self.distances)
        return float(held.max()) if len(held) else math.nan


def landmark_error(true: ArrayLike, carried: ArrayLike, *, diagonal: float) -> LandmarkError:
    """Return the error of one pair. GeometryError where the two do not go together, or the diagonal is none.

    true, carried : (N, 2), the same order
    diagonal      : of the fixed image, same unit
    """
    a, b = (np.asarray(places, np.float64).reshape(-1, 2) for places in (true, carried))
    if len(a) != len(b):
        raise GeometryError(f"expected as many landmarks on both, in one order, got {len(a)} and {len(b)}. Mend the tables.")
    if not diagonal > 0:
        raise GeometryError(f"expected a diagonal above 0, got {diagonal:g}.")
    return LandmarkError(distances=np.linalg.norm(a - b, axis=1), diagonal=diagonal)


def robustness(before: LandmarkError, after: LandmarkError) -> float:
    """Return the share of landmarks that lie nearer after registration than before; NaN without landmarks."""
    if not len(after.distances):
        return math.nan
    return float((after.distances < before.distances).mean())
