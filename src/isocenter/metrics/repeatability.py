"""Repeatability: how far apart do two scans of one person lie when nothing has changed?

In:   repeated measurements of each person (N, K), no cell missing.
Out:  within-subject SD, repeatability coefficient, ICC, each with its interval.
Not:  two methods that may differ by a bias are compared in limits_of_agreement.py.
Reference: Bland & Altman, BMJ 1996; 313:744 (measurement error). Raunig et al., Stat Methods Med Res 2015; 24:27 (QIBA).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from isocenter.core.record import Record
from isocenter.metrics.amount_agreement import Z
from isocenter.metrics.estimates.interval import LEVEL, Interval
from isocenter.metrics.estimates.mean import noted
from isocenter.metrics.intraclass import intraclass_correlation, intraclass_interval, mean_squares


class Repeatability(Record):
    """In the unit of the measurement."""

    within_deviation: float
    """SD of repeated measurements of one person."""
    within_interval: Interval
    coefficient: float
    """1.96 x sqrt(2) x within-subject SD: two scans of one person lie closer than this 19 times in 20."""
    coefficient_interval: Interval
    icc: float
    """ICC(1): the share of the variance that lies between people."""
    icc_interval: Interval
    between_deviation: float
    """SD between people, without which an ICC cannot be read; 0 where the estimate would be negative."""
    people: int
    scans: int
    """Of each person."""


def repeatability(table: NDArray[np.floating], *, level: float = LEVEL) -> Repeatability:
    """Return the repeatability of K scans of N people.

    table  : (N, K); StudyError unless both are at least 2 and nothing is missing
    level  : 0.95, but for tests
    return : intervals from chi-squared and F, for normal errors of one size; NaN below 10 people
    """
    m = mean_squares(table)
    freedom = m.cases * (m.raters - 1)
    deviation = math.sqrt(m.within)
    low, high = (deviation * math.sqrt(freedom / float(chi2.ppf(q, freedom))) for q in (0.5 + level / 2, (1 - level) / 2))
    factor = Z * math.sqrt(2.0)
    kind = "chi-squared"
    return Repeatability(
        within_deviation=deviation,
        within_interval=noted(Interval(low=low, high=high, kind=kind), m.cases),
        coefficient=factor * deviation,
        coefficient_interval=noted(Interval(low=factor * low, high=factor * high, kind=kind), m.cases),
        icc=intraclass_correlation(table, "ICC(1)"),
        icc_interval=noted(intraclass_interval(table, "ICC(1)", level=level), m.cases),
        between_deviation=math.sqrt(max(0.0, (m.rows - m.within) / m.raters)),
        people=m.cases,
        scans=m.raters,
    )
