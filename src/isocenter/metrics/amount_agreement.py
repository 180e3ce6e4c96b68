"""How a measured number goes with the true one: correlation, agreement, error and limits, for one or many weightings.

In:   truth and answer (N,), finite; weights (B, N). A weight of 2 is the same as having the case twice.
Out:  numbers (B,).
Not:  no interval; several raters at once, and the exact intervals, are in intraclass.py and limits_of_agreement.py.
Reference: McGraw & Wong, Psychol Methods 1996; 1:30 (ICC). Lin, Biometrics 1989; 45:255. Bland & Altman, Lancet 1986; 327:307.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.metrics.ratio import ratio

Z = 1.959963984540054
"""The normal quantile of 97.5 %: limits of agreement hold 95 % of differences."""
_NOTHING = 1e-12


class Moments(Record):
    """Weighted sums of two numbers about their means, each (B,)."""

    count: NDArray[np.float64]
    truth_mean: NDArray[np.float64]
    answer_mean: NDArray[np.float64]
    truth_squares: NDArray[np.float64]
    """Sum of squared distances from the mean."""
    answer_squares: NDArray[np.float64]
    products: NDArray[np.float64]
    error_squares: NDArray[np.float64]
    """Sum of (answer - truth)^2, about 0."""


def moments(truth: NDArray[np.floating], answer: NDArray[np.floating], weights: NDArray[np.floating]) -> Moments:
    """Return the sums everything below is made of."""
    w, x, y = np.asarray(weights, float), np.asarray(truth, float), np.asarray(answer, float)
    # About one common center, so that large numbers of small spread lose no digits.
    center = float(x.mean()) if x.size else 0.0
    x, y = x - center, y - center
    n = w.sum(axis=1)
    mx, my = ratio(w @ x, n), ratio(w @ y, n)
    return Moments(
        count=n,
        truth_mean=mx + center,
        answer_mean=my + center,
        truth_squares=w @ x**2 - n * mx**2,
        answer_squares=w @ y**2 - n * my**2,
        products=w @ (x * y) - n * mx * my,
        error_squares=w @ (y - x) ** 2,
    )


def pearson(m: Moments) -> NDArray[np.float64]:
    """Return Pearson's r in [-1, 1]; NaN where one side does not vary."""
    both = _positive(m.truth_squares) * _positive(m.answer_squares)
    return ratio(m.products, np.sqrt(both))


def lin_concordance(m: Moments) -> NDArray[np.float64]:
    """Return Lin's concordance: 2 cov / (var + var + squared bias), with variances over n; NaN where nothing varies."""
    bias = m.answer_mean - m.truth_mean
    return ratio(2.0 * m.products, _positive(m.truth_squares + m.answer_squares + m.count * bias**2))


def intraclass(m: Moments, *, absolute: bool) -> NDArray[np.float64]:
    """Return ICC(A,1) (absolute agreement) or ICC(C,1) (consistency) of truth and answer as two raters.

    Equal to `intraclass.forms` of the table with two columns. NaN below two cases, and where nothing varies.
    """
    n = m.count
    bias = m.answer_mean - m.truth_mean
    freedom = np.where(n > 1, n - 1.0, np.nan)
    rows = (m.truth_squares + m.answer_squares + 2.0 * m.products) / 2.0 / freedom
    error = (m.truth_squares + m.answer_squares - 2.0 * m.products) / 2.0 / freedom
    columns = n * bias**2 / 2.0
    whole = rows + error + (2.0 / np.where(n > 0, n, np.nan) * (columns - error) if absolute else 0.0)
    return ratio(rows - error, _positive(whole))


def r_squared(m: Moments) -> NDArray[np.float64]:
    """Return 1 - squared error / squares of the truth, the share of its variance accounted for; below 0 = worse than its mean."""
    return 1.0 - ratio(m.error_squares, _positive(m.truth_squares))


def explained_variance(m: Moments) -> NDArray[np.float64]:
    """Return 1 - variance of the error / variance of the truth: as R^2, but a constant bias is forgiven."""
    bias = m.answer_mean - m.truth_mean
    return 1.0 - ratio(m.error_squares - m.count * bias**2, _positive(m.truth_squares))


def root_mean_square(m: Moments) -> NDArray[np.float64]:
    """Return the root of the mean squared error; NaN without cases."""
    root: NDArray[np.float64] = np.sqrt(ratio(m.error_squares, m.count))
    return root


def truth_deviation(m: Moments) -> NDArray[np.float64]:
    """Return the SD of the truth (n - 1); an ICC cannot be read without it. NaN below two cases."""
    root: NDArray[np.float64] = np.sqrt(np.maximum(ratio(m.truth_squares, m.count - 1.0), 0.0))
    return root


def limit_of_agreement(m: Moments, *, upper: bool) -> NDArray[np.float64]:
    """Return bias + or - 1.96 SD of answer minus truth; NaN below two cases."""
    bias = m.answer_mean - m.truth_mean
    spread = np.sqrt(np.maximum(ratio(m.error_squares - m.count * bias**2, m.count - 1.0), 0.0))
    limit: NDArray[np.float64] = bias + (Z if upper else -Z) * spread
    return limit


def _positive(squares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sums of squares with rounding noise taken for 0."""
    return np.where(squares > _NOTHING, squares, 0.0)
