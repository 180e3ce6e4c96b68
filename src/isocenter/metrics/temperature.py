"""Temperature scaling: one number, fitted on validation cases, that makes probabilities mean what they say.

In:   logits of validation cases, what was true.
Out:  the temperature; logits and probabilities at a temperature.
Not:  it changes no ranking and no largest class; it is never fitted on test cases. What is right on average but wrong for some
    stays wrong for them.
Reference: Guo et al., ICML 2017, arXiv:1706.04599.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_expit, log_softmax, softmax

from isocenter.core.errors import StudyError

COLDEST, HOTTEST = 0.05, 20.0


def class_temperature(logits: NDArray[np.floating], label: NDArray[np.integer]) -> float:
    """Return the temperature T of least cross-entropy of softmax(logits / T), between 0.05 and 20.

    logits : (N, K), finite
    label  : (N,) the true class; cases of -1 (not assessed) are left out. StudyError without cases.
    """
    known = np.asarray(label) >= 0
    table, true = np.asarray(logits, float)[known], np.asarray(label)[known]
    _check(true.size)
    place = np.arange(true.size)
    return _least(lambda t: -float(log_softmax(table / t, axis=1)[place, true].mean()))


def finding_temperature(logits: NDArray[np.floating], positive: NDArray[np.floating]) -> float:
    """Return the temperature T of least cross-entropy of expit(logits / T), one for all findings, between 0.05 and 20.

    logits   : (N, K) or (N,), finite
    positive : the same shape, 0 and 1; NaN = not assessed. StudyError when nothing was.
    """
    known = np.isfinite(np.asarray(positive, float))
    x, y = np.asarray(logits, float)[known], np.asarray(positive, float)[known]
    _check(y.size)
    sign = np.where(y > 0.5, 1.0, -1.0)
    return _least(lambda t: -float(log_expit(sign * x / t).mean()))


def class_probability(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Return softmax(logits / T) (N, K)."""
    p: NDArray[np.float64] = softmax(np.asarray(logits, float) / temperature, axis=1)
    return p


def finding_probability(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    """Return expit(logits / T), of the shape of the logits."""
    p: NDArray[np.float64] = expit(np.asarray(logits, float) / temperature)
    return p


def _least(loss: Callable[[float], float]) -> float:
    found = minimize_scalar(
        lambda log_t: loss(float(np.exp(log_t))),
        bounds=(np.log(COLDEST), np.log(HOTTEST)),
        method="bounded",
        options={"xatol": 1e-7},
    )
    return float(np.exp(found.x))


def _check(cases: int) -> None:
    if cases == 0:
        raise StudyError("expected validation cases that were assessed, got none. Keep some of the learning patients for tuning.")
