"""Sensitivity at 1.5 false positives a scan.

Out:  share of the lesions found, in [0, 1], at the least score with at most 1.5 false positives a scan. Points: a candidate hits
    within 3 world units (mm, um or px) of a lesion's center; boxes: inside the box. NaN without lesions.
Reference: Dubost et al., MICCAI 2017, arXiv:1705.07999 (the operating point); Chakraborty & Winter, Radiology 1990; 174:873-881.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import PLACES, Value
from isocenter.metrics.froc import candidates, sensitivity_at

RATE, RADIUS = 1.5, 3.0


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the sensitivity for each row of weights."""
    return sensitivity_at(RATE, candidates(truths, answers, radius=RADIUS), weights)


MEASURES = PLACES
METRIC = CohortMetric(
    name="sensitivity_at_1_5_fp",
    unit="1",
    function=measure,
    cite="Chakraborty & Winter, Radiology 1990; 174:873-881",
    within_folds=True,
)
