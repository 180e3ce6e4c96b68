"""CPM, the competition performance metric: mean sensitivity at 1/8, 1/4, 1/2, 1, 2, 4 and 8 false positives a scan.

Out:  in [0, 1]. Points: a candidate hits within 3 world units (mm, um or px) of a lesion's center; boxes: inside the box.
    NaN without lesions.
Reference: Niemeijer et al., IEEE Trans Med Imaging 2011; 30:215-223.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import PLACES, Value
from isocenter.metrics.froc import candidates, sensitivity_at
from isocenter.metrics.per_cohort.sensitivity_at_1_5_fp import RADIUS

RATES = (1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8)


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the CPM for each row of weights."""
    judged = candidates(truths, answers, radius=RADIUS)
    return np.asarray(np.mean([sensitivity_at(rate, judged, weights) for rate in RATES], axis=0))


MEASURES = PLACES
METRIC = CohortMetric(
    name="cpm",
    unit="1",
    function=measure,
    cite="Niemeijer et al., IEEE Trans Med Imaging 2011; 30:215-223",
    within_folds=True,
)
