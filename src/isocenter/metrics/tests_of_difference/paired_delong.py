"""Paired DeLong test: do two scorings of the same patients differ in AUC?

In:   two scores and the truth of every patient, one case a patient.
Out:  Difference: effect, interval, two-sided p.
Not:  not for several cases a patient (clustered bootstrap: clustered_auc.py).
Reference: DeLong, DeLong & Clarke-Pearson, Biometrics 1988; 44:837.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from isocenter.metrics.estimates.delong import auc_covariance
from isocenter.metrics.estimates.interval import LEVEL, Interval, no_interval
from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted
from isocenter.metrics.tests_of_difference.permutation import Difference


def paired_delong(
    first: NDArray[np.floating], second: NDArray[np.floating], positive: NDArray[np.bool_], *, level: float = LEVEL
) -> Difference:
    """Return AUC of first minus AUC of second with DeLong's interval and p.

    first, second : (N,) finite scores of the same patients
    positive      : (N,) bool
    return        : effect NaN when a class is absent; p 1 when the two rank alike, and then no interval.
    """
    result = auc_covariance(np.stack([first, second]), positive)
    effect = float(result.aucs[0] - result.aucs[1])
    contrast = np.array([1.0, -1.0])
    variance = float(contrast @ result.covariance @ contrast)
    count = len(positive)
    if math.isnan(effect) or not variance > 1e-14:
        interval, p = no_interval("the difference has no variance"), 1.0 if effect == 0 else math.nan
    else:
        error = math.sqrt(variance)
        half = float(ndtri(0.5 + level / 2)) * error
        interval = Interval(low=max(-1.0, effect - half), high=min(1.0, effect + half), kind="paired DeLong")
        p = float(2 * ndtr(-abs(effect) / error))
    return Difference(
        effect=effect,
        interval=noted(interval, count),
        p=p if count >= LEAST_PATIENTS else math.nan,
        test="paired DeLong",
        patients=count,
        cases=count,
    )
