"""Corrected resampled t-test: do two methods differ, judged by folds and seeds that share their training cases?

In:   the difference of two methods in every fold (and repeat), and how many cases each fold learned from and was tested on.
Out:  Difference: effect, interval, two-sided p.
Not:  not for two trained models on the same cases (permutation.py).
Reference: Nadeau & Bengio, Mach Learn 2003; 52:239. Repeated folds: Bouckaert & Frank, PAKDD 2004.
"""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from isocenter.core.errors import StudyError
from isocenter.metrics.estimates.interval import LEVEL, Interval, no_interval
from isocenter.metrics.tests_of_difference.permutation import Difference


def nadeau_bengio(differences: ArrayLike, *, learned: float, tested: float, level: float = LEVEL) -> Difference:
    """Return the mean difference with the corrected variance (1 / J + tested / learned) s^2, J differences.

    Parameters
    ----------
    differences : (J,)
        First minus second in each fold of each repeat.
    learned, tested : float
        Patients a fold learned from, and was tested on. StudyError unless above 0.
    level : float in (0, 1)
        0.95, but for tests.

    Returns
    -------
    Difference; interval and p NaN with fewer than two differences or when all are equal. `patients` counts one round of folds.
    """
    if learned <= 0 or tested <= 0:
        raise StudyError(f"expected numbers of learned and tested patients above 0, got {learned} and {tested}.")
    gaps = np.asarray(differences, float).reshape(-1)
    gaps = gaps[np.isfinite(gaps)]
    effect = float(gaps.mean()) if gaps.size else math.nan
    spread = float(gaps.var(ddof=1)) if gaps.size > 1 else 0.0
    interval, p = no_interval("fewer than two different results"), math.nan
    if spread > 0:
        error = math.sqrt((1.0 / gaps.size + tested / learned) * spread)
        half = float(student.ppf(0.5 + level / 2, gaps.size - 1)) * error
        interval = Interval(low=effect - half, high=effect + half, kind="Nadeau-Bengio corrected t")
        p = float(2 * student.sf(abs(effect) / error, gaps.size - 1))
    return Difference(
        effect=effect,
        interval=interval,
        p=p,
        test="Nadeau-Bengio corrected t",
        patients=round(learned + tested),
        cases=int(gaps.size),
    )
