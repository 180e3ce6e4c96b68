"""Ratios and means that are NaN, not an error, where there is nothing to divide by.

In:   arrays of one shape.
Out:  arrays with NaN where the denominator is 0.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def ratio(part: NDArray[np.floating], whole: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return part / whole; NaN where whole is not above 0."""
    result = np.full(np.shape(part), np.nan)
    np.divide(part, whole, out=result, where=np.asarray(whole) > 0)
    return result


def mean_of_known(each: Sequence[NDArray[np.floating]], rows: int) -> NDArray[np.float64]:
    """Return the mean over several arrays (B,), leaving out what is NaN; NaN where all are, or there are none."""
    if not each:
        return np.full(rows, np.nan)
    table = np.stack(each)
    known = ~np.isnan(table)
    return ratio(np.where(known, table, 0.0).sum(axis=0), known.sum(axis=0).astype(float))
