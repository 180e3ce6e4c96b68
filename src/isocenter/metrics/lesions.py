"""Lesions found, missed and invented: connected parts of two masks, told apart by size.

In:   lesion numbers (*S) of truth and answer, 0 = none, spacing.
Out:  Lesions: which true ones were found, which answered ones are false, the diameter of each; counts within a span of diameters;
      the class of a size.
Not:  no one-to-one pairing (instances.py), no scores are ranked (froc.py), no splitting of masks into objects.

An answered part hits a lesion where their IoU is at least 0.1, as a box hits one in detection. A lesion counts once; further hits
on it are neither true nor false; a part that hits several lesions finds each of them. A part that hits none, but lies in true
lesions by half or more, is a piece of them and not false either.

Reference: Carass et al., NeuroImage 2017; 148:77-102 (lesion-wise sensitivity and false positives; there any overlap is a hit).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.metrics.instances import object_overlaps
from isocenter.metrics.matching import Matches

LEAST_IOU = 0.1
SIZES = {"mm": (4.0, 6.5), "px": (10.0, 30.0)}
"""Diameters a lesion is medium from, and large from."""


class Lesions(Record):
    """What became of each lesion of one scan."""

    found: NDArray[np.bool_]
    """(L,) of the true ones."""
    true_diameter: NDArray[np.float64]
    """(L,) of the ball, or disk, of the same size; units of the spacing."""
    false: NDArray[np.bool_]
    """(M,) of the answered ones."""
    diameter: NDArray[np.float64]
    """(M,) likewise."""

    def within(self, low: float = 0.0, high: float = math.inf) -> Matches:
        """Count the lesions whose diameter is at least `low` and below `high`; a false one by its own diameter."""
        mine = self.found[(self.true_diameter >= low) & (self.true_diameter < high)]
        false = self.false[(self.diameter >= low) & (self.diameter < high)]
        return Matches(paired=int(mine.sum()), missed=int((~mine).sum()), extra=int(false.sum()))


def match_lesions(truth: NDArray[Any], answer: NDArray[Any], *, spacing: Sequence[float], least_iou: float = LEAST_IOU) -> Lesions:
    """Judge every true and every answered lesion. GeometryError if the shapes differ.

    truth, answer : (*S) integers; each number above 0 is a lesion
    """
    overlap = object_overlaps(truth, answer)  # (L, M)
    hit: NDArray[np.bool_] = np.asarray(overlap >= least_iou)
    inside = _sizes(np.where(truth > 0, answer, 0), np.unique(answer[answer > 0]))  # (M,) samples within true lesions
    true_size, size = (_sizes(numbers, np.unique(numbers[numbers > 0])) for numbers in (truth, answer))
    return Lesions(
        found=np.asarray(hit.any(axis=1)),
        true_diameter=diameter_of(true_size, spacing),
        false=np.asarray(~hit.any(axis=0) & (2 * inside < size)),
        diameter=diameter_of(size, spacing),
    )


def diameter_of(size: NDArray[np.float64], spacing: Sequence[float]) -> NDArray[np.float64]:
    """Return the diameter of the disk (2-D) or ball (3-D) of so many samples, in units of the spacing."""
    content = size * math.prod(spacing)
    return np.asarray(2 * np.sqrt(content / math.pi) if len(spacing) == 2 else np.cbrt(6 * content / math.pi))


def size_class(diameter: float, unit: str) -> str:
    """Return "small", "medium" or "large"; unit: "mm" or "px"."""
    medium, large = SIZES[unit]
    return "small" if diameter < medium else "medium" if diameter < large else "large"


def _sizes(numbers: NDArray[Any], known: NDArray[Any]) -> NDArray[np.float64]:
    """Return how many samples bear each known number."""
    held = numbers[numbers > 0]
    return np.bincount(np.searchsorted(known, held), minlength=known.size).astype(float)
