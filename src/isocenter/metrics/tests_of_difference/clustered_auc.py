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

from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes, resampled_weights
from isocenter.metrics.ranking import weighted_auc
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

    codes = patient_codes(patients)
    count = int(codes.max()) + 1 if codes.size else 0
    effect = float(gap(np.ones((1, codes.size)))[0])
    interval = patient_bootstrap(gap, codes, rng=rng, draws=draws)
    drawn = np.concatenate([gap(block) for block in resampled_weights(codes, draws, rng)]) if codes.size else np.empty(0)
    drawn = drawn[np.isfinite(drawn)]
    extreme = int(np.count_nonzero(np.abs(drawn - effect) >= abs(effect)))
    return Difference(
        effect=effect,
        interval=noted(interval, count),
        p=(extreme + 1) / (drawn.size + 1) if count >= LEAST_PATIENTS and np.isfinite(effect) else float("nan"),
        test="bootstrap over patients",
        patients=count,
        cases=int(codes.size),
    )
