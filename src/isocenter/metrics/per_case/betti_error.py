"""Betti errors: by how many parts, holes and cavities an answer differs from the truth.

Out:  `betti_error_<class>`, the sum over kinds of |answer - truth|, and `betti_error`; beside them `betti_error_components…`,
    `betti_error_holes…` and, in 3-D, `betti_error_cavities…`. One mask empty: all of the other's. Both: NaN.
Reference: Kong & Rosenfeld, Comput Vision Graph 1989; Clough et al., IEEE T-PAMI 2022, arXiv:1910.01877 (as a score of masks).
"""

import math

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import read_mask_pair, with_mean
from isocenter.metrics.topology import KINDS, betti_numbers

_METHOD = "|Betti numbers of answer - of truth|, corners join; Kong & Rosenfeld, Comput Vision Graph 1989"


def measure(pair: Pair) -> list[Measurement]:
    """Return the error in each Betti number and their sum, per class and its mean."""
    if not isinstance(pair.truth, Mask):
        return []
    masks = read_mask_pair(pair)
    errors = {}
    for one in masks.classes():
        known = bool(one.truth.any() or one.answer.any())
        both = zip(betti_numbers(one.truth), betti_numbers(one.answer), strict=True)
        errors[one.name] = [float(abs(a - b)) if known else math.nan for a, b in both]
    found = with_mean(pair, {n: sum(e) for n, e in errors.items()}, name="betti_error", unit="1", method=f"{_METHOD}; summed")
    for at, kind in enumerate(KINDS[: len(masks.spacing)]):
        each = {name: error[at] for name, error in errors.items()}
        found += with_mean(pair, each, name=f"betti_error_{kind}", unit="1", method=f"{_METHOD}; {kind}")
    return found


MEASURES = ("mask",)
METRIC: CaseMetric = measure
