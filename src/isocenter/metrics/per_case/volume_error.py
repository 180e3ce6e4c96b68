"""Relative volume error: by what share the answer is too large (positive) or too small.

Out:  `volume_error_<class>`, `volume_error` (mean over classes); 0 = right, -1 = nothing found. Truth empty: NaN.
Reference: Taha & Hanbury, BMC Med Imaging 2015; 15:29 (volumetric similarity; here signed and relative to the truth).
"""

import numpy as np

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import ClassPair, per_class
from isocenter.metrics.volume import relative_error

_METHOD = "(answer - truth) / truth of the volume, signed"


def measure(pair: Pair) -> list[Measurement]:
    """Return the relative volume error per class and its mean."""

    def error(one: ClassPair) -> float:
        return relative_error(float(np.count_nonzero(one.truth)), float(np.count_nonzero(one.answer)))

    return per_class(pair, name="volume_error", unit="1", method=_METHOD, measure=error)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
