"""Intraclass correlation in all forms of McGraw & Wong: how much of the variance between measurements is between cases?

In:   a table (N, K): N cases, K raters or scans, no cell missing.
Out:  the mean squares, the six coefficients, the exact F intervals.
Not:  no bootstrap; for one answer against one truth with weights see amount_agreement.py.
Reference: McGraw & Wong, Psychol Methods 1996; 1:30 (tables 4 and 7). Shrout & Fleiss, Psychol Bull 1979; 86:420, whose ICC(1,1),
    ICC(2,1), ICC(3,1) are here ICC(1), ICC(A,1), ICC(C,1).
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as fisher

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.interval import LEVEL, Interval, no_interval

Form = Literal["ICC(1)", "ICC(k)", "ICC(C,1)", "ICC(C,k)", "ICC(A,1)", "ICC(A,k)"]
FORMS: tuple[Form, ...] = ("ICC(1)", "ICC(k)", "ICC(C,1)", "ICC(C,k)", "ICC(A,1)", "ICC(A,k)")


class MeanSquares(Record):
    """The analysis of variance of a table of N cases and K raters."""

    rows: float
    """Between cases, N - 1 degrees of freedom."""
    within: float
    """Within cases, N (K - 1)."""
    columns: float
    """Between raters, K - 1."""
    error: float
    """What neither explains, (N - 1)(K - 1)."""
    cases: int
    raters: int


def mean_squares(table: NDArray[np.floating]) -> MeanSquares:
    """Return the mean squares of a table (N, K). StudyError unless N >= 2, K >= 2 and nothing is missing."""
    x = np.asarray(table, float)
    if x.ndim != 2 or min(x.shape) < 2 or not np.isfinite(x).all():
        raise StudyError(
            f"expected a full table of at least two cases and two raters, got shape {x.shape} with "
            f"{int((~np.isfinite(x)).sum())} missing. Leave out the cases that not all have measured."
        )
    n, k = x.shape
    row, column, grand = x.mean(axis=1), x.mean(axis=0), x.mean()
    within = float(((x - row[:, None]) ** 2).sum())
    between = float(n * ((column - grand) ** 2).sum())
    return MeanSquares(
        rows=float(k * ((row - grand) ** 2).sum()) / (n - 1),
        within=within / (n * (k - 1)),
        columns=between / (k - 1),
        error=float(((x - row[:, None] - column[None, :] + grand) ** 2).sum()) / ((n - 1) * (k - 1)),
        cases=n,
        raters=k,
    )


def intraclass_correlation(table: NDArray[np.floating], form: Form = "ICC(A,1)") -> float:
    """Return one coefficient.

    table : (N, K)
    form  : "ICC(1)" one-way: other raters for every case. "ICC(C,1)" consistency: a rater's constant bias is forgiven.
        "ICC(A,1)" absolute agreement: it is not. With k in place of 1: of the mean of the K ratings.
    return : at most 1; NaN when nothing varies
    """
    m = mean_squares(table)
    n, k = m.cases, m.raters
    parts = {
        "ICC(1)": (m.rows - m.within, m.rows + (k - 1) * m.within),
        "ICC(k)": (m.rows - m.within, m.rows),
        "ICC(C,1)": (m.rows - m.error, m.rows + (k - 1) * m.error),
        "ICC(C,k)": (m.rows - m.error, m.rows),
        "ICC(A,1)": (m.rows - m.error, m.rows + (k - 1) * m.error + k / n * (m.columns - m.error)),
        "ICC(A,k)": (m.rows - m.error, m.rows + (m.columns - m.error) / n),
    }
    if form not in parts:
        raise StudyError(f"expected a form of ICC among {', '.join(FORMS)}, got {form!r}.")
    above, below = parts[form]
    return above / below if below > 0 else math.nan


def intraclass_interval(table: NDArray[np.floating], form: Form = "ICC(A,1)", *, level: float = LEVEL) -> Interval:
    """Return the interval from the F distribution: exact for ICC(1) and ICC(C), Satterthwaite's for ICC(A).

    It takes cases for independent and errors for normal. NaN ends where there is no error at all.
    """
    m = mean_squares(table)
    n, k = m.cases, m.raters
    upper_tail = 0.5 + level / 2
    noise = m.within if form in ("ICC(1)", "ICC(k)") else m.error
    if not noise > 0:
        return no_interval("the measurements never differ")
    if form in ("ICC(A,1)", "ICC(A,k)"):
        return _absolute(m, form, upper_tail)
    freedom = n * (k - 1) if form in ("ICC(1)", "ICC(k)") else (n - 1) * (k - 1)
    seen = m.rows / noise
    low = seen / float(fisher.ppf(upper_tail, n - 1, freedom))
    high = seen * float(fisher.ppf(upper_tail, freedom, n - 1))
    if form in ("ICC(k)", "ICC(C,k)"):
        return Interval(low=1 - 1 / low, high=1 - 1 / high, kind="exact F (McGraw & Wong)")
    return Interval(low=(low - 1) / (low + k - 1), high=(high - 1) / (high + k - 1), kind="exact F (McGraw & Wong)")


def _absolute(m: MeanSquares, form: Form, upper_tail: float) -> Interval:
    """Return the interval of absolute agreement of one rating, or stepped up to the mean of K (Spearman & Brown)."""
    n, k = m.cases, m.raters
    one = (m.rows - m.error) / (m.rows + (k - 1) * m.error + k / n * (m.columns - m.error))
    if one >= 1.0:
        return no_interval("the measurements never differ")
    a, b = k * one / (n * (1 - one)), 1 + k * one * (n - 1) / (n * (1 - one))
    squares = (a * m.columns) ** 2 / (k - 1) + (b * m.error) ** 2 / ((n - 1) * (k - 1))
    freedom = (a * m.columns + b * m.error) ** 2 / squares
    near, far = float(fisher.ppf(upper_tail, n - 1, freedom)), float(fisher.ppf(upper_tail, freedom, n - 1))
    spread = k * m.columns + (k * n - k - n) * m.error
    low = n * (m.rows - near * m.error) / (near * spread + n * m.rows)
    high = n * (far * m.rows - m.error) / (spread + n * far * m.rows)
    if form == "ICC(A,k)":
        low, high = k * low / (1 + (k - 1) * low), k * high / (1 + (k - 1) * high)
    return Interval(low=low, high=high, kind="F (McGraw & Wong, Satterthwaite)")
