"""False positives a scan at a sensitivity of 85 %.

Out:  scans' mean, at the largest score at which 85 % of the lesions are found; 100, the candidates taken of a scan, where that many
    are never found. Points: a candidate hits within 3 world units (mm, um or px) of a lesion's center; boxes: inside the box.
    NaN without lesions.
Reference: Chakraborty & Winter, Radiology 1990; 174:873-881 (FROC); Jesson et al., MICCAI 2017 (samplers compared by FROC).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import PLACES, Value
from isocenter.metrics.froc import candidates, false_positives_at
from isocenter.metrics.per_cohort.sensitivity_at_1_5_fp import RADIUS

SENSITIVITY = 0.85


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the number for each row of weights."""
    return false_positives_at(SENSITIVITY, candidates(truths, answers, radius=RADIUS), weights)


MEASURES = PLACES
METRIC = CohortMetric(
    name="false_positives_at_85_sensitivity",
    unit="1",
    function=measure,
    better="lower",
    cite="Chakraborty & Winter, Radiology 1990; 174:873-881",
    within_folds=True,
)
