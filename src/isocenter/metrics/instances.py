"""Objects that bear numbers: how many true ones were found as one piece each.

In:   object numbers (*S) of truth and answer, 0 = none.
Out:  IoU of every true with every answered object; Matches at an IoU.
Not:  no splitting of masks into objects (imaging/watershed.py).
Reference: 2018 Data Science Bowl: Caicedo et al., Nat Methods 2019; 16:1247. A hit needs an IoU above the threshold.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.metrics.matching import Matches, match_allowed


def object_overlaps(truth: NDArray[Any], answer: NDArray[Any]) -> NDArray[np.float64]:
    """Return the IoU (N, M) of every true with every answered object. GeometryError if the shapes differ.

    truth, answer : (*S) integers; each number above 0 is an object, in pieces or not
    """
    if truth.shape != answer.shape:
        raise GeometryError(f"expected object numbers of one shape, got {truth.shape} and {answer.shape}.")
    first, rows = np.unique(truth, return_inverse=True)
    second, columns = np.unique(answer, return_inverse=True)
    code = rows.reshape(-1) * second.size + columns.reshape(-1)
    shared = np.bincount(code, minlength=first.size * second.size).reshape(first.size, second.size).astype(float)
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    return np.asarray((shared / union)[first > 0][:, second > 0])


def match_objects(truth: NDArray[Any], answer: NDArray[Any], *, above_iou: float = 0.5) -> Matches:
    """Pair objects whose IoU is above a threshold, each at most once. At 0.5 and above no object can have two partners."""
    overlap = object_overlaps(truth, answer)
    if 0 in overlap.shape:
        return Matches(paired=0, extra=overlap.shape[1], missed=overlap.shape[0])
    return match_allowed(overlap, overlap > above_iou)
