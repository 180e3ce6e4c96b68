"""Skill: how much of the error of saying the same of every case an answer takes away.

In:   errors of an answer and of that constant, on the same cases.
Out:  1 - mean error / mean error of the constant, <= 1; 0 = no better than the constant, below 0 = worse. NaN where the constant
      makes no error, or there are no cases.
Not:  no interval (estimates/skill.py).
Reference: Murphy, Mon Weather Rev 1988; 116:2417 (skill scores against a constant reference).
Differs: of absolute errors, where that of Murphy is of squared ones.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.ratio import ratio

DEFINITION = (
    "1 - mean absolute error / that of the constant baseline on the same cases: 1 = no error, 0 = no better than the constant "
    "(after Murphy, Mon Weather Rev 1988; 116:2417)"
)


def skill(errors: NDArray[np.floating], constant: NDArray[np.floating], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the skill for each row of weights (B, N).

    errors, constant : (N,) >= 0, finite; of the answer and of the constant
    """
    return np.asarray(1.0 - ratio(weights @ errors, weights @ constant), np.float64)
