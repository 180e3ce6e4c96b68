"""Difference of two AUCs when patients have several cases: bootstrap over patients.

In:   two scores and the truth of every case, the patient of each.
Out:  Difference: effect, interval, two-sided p.
Not:  not for one case a patient (paired_delong.py).
Reference: Obuchowski, Biometrics 1997; 53:567 (why clusters matter). p by inverting the centered bootstrap: Davison & Hinkley 1997,
    section 4.4.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.estimates.patient_bootstrap import DRAWS
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.ranking import weighted_auc
from isocenter.metrics.tests_of_difference.paired_bootstrap import bootstrap_difference
from isocenter.metrics.tests_of_difference.permutation import Difference


def clustered_auc_difference(
    first: NDArray[np.floating],
    second: NDArray[np.floating],
    positive: NDArray[np.bool_],
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Difference:
    """Return AUC of first minus AUC of second, drawing whole patients.

    first, second : (N,) finite scores; positive (N,) bool; patients (N,)
    return        : effect NaN when a class is absent.
    """

    def gap(weights: NDArray[np.float64]) -> NDArray[np.floating]:
        return weighted_auc(first, positive, weights) - weighted_auc(second, positive, weights)

    return bootstrap_difference(gap, patient_codes(patients), rng=rng, draws=draws)
