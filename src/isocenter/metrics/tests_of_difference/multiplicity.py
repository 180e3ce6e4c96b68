"""Several tests at once: Holm for what was declared, Benjamini and Hochberg for what is explored.

In:   p values (M,); NaN = not tested.
Out:  adjusted p values (M,), NaN where not tested.
Reference: Holm, Scand J Stat 1979; 6:65. Benjamini & Hochberg, J R Stat Soc B 1995; 57:289.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Return p adjusted so that the chance of any false claim in the family stays below the level."""
    return _adjusted(p, step_down=True)


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Return p adjusted so that the expected share of false claims among the claims stays below the level."""
    return _adjusted(p, step_down=False)


def _adjusted(p: ArrayLike, *, step_down: bool) -> NDArray[np.float64]:
    every = np.asarray(p, float).reshape(-1)
    known = np.flatnonzero(np.isfinite(every))
    order = known[np.argsort(every[known], kind="stable")]
    rank = np.arange(order.size)
    if step_down:
        raised = np.maximum.accumulate(every[order] * (order.size - rank))
    else:
        raised = np.minimum.accumulate((every[order] * order.size / (rank + 1))[::-1])[::-1]
    adjusted = np.full(every.shape, np.nan)
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted
