"""Clopper and Pearson's exact interval of a proportion.

In:   successes and trials.
Out:  (low, high) in [0, 1]; covers at least 95 % always, usually more.
Not:  not the product's usual interval of a proportion (wilson.py): used for readers' answers.
Reference: Clopper & Pearson, Biometrika 1934; 26:404.
"""

import math

from scipy.stats import beta

from isocenter.metrics.estimates.interval import LEVEL, Interval


def clopper_pearson(successes: int, trials: int, *, level: float = LEVEL) -> Interval:
    """Return the exact interval, from the beta distribution. NaN ends without trials."""
    if trials <= 0:
        return Interval(low=math.nan, high=math.nan, kind="none: no trials")
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else float(beta.ppf(tail, successes, trials - successes + 1))
    high = 1.0 if successes == trials else float(beta.ppf(1 - tail, successes + 1, trials - successes))
    return Interval(low=low, high=high, kind="Clopper-Pearson")
