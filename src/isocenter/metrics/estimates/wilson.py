"""Wilson's score interval of a proportion.

In:   successes and trials, one trial a patient.
Out:  (low, high) in [0, 1]; never of zero width, also at 0/n and n/n.
Not:  not for several trials a patient (patient_bootstrap.py).
Reference: Wilson, J Am Stat Assoc 1927; 22:209. Newcombe, Stat Med 1998; 17:857 (method 3).
"""

import math

from scipy.special import ndtri

from isocenter.metrics.estimates.interval import LEVEL, Interval


def wilson(successes: float, trials: float, *, level: float = LEVEL) -> Interval:
    """Return Wilson's interval. NaN ends without trials. `successes` may be fractional (a mean of parts)."""
    if trials <= 0:
        return Interval(low=math.nan, high=math.nan, kind="none: no trials")
    z = float(ndtri(0.5 + level / 2))
    share = successes / trials
    center = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    low = 0.0 if successes == 0 else max(0.0, center - half)
    high = 1.0 if successes == trials else min(1.0, center + half)
    return Interval(low=low, high=high, kind="Wilson")
