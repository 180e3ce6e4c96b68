"""Net benefit: is acting on the model better than acting on everybody, or on nobody, for those who weigh harms a certain way?

In:   probability and truth of every case, the patient of each; the thresholds of those who decide.
Out:  the decision curve: net benefit of model and of treating all, with intervals, per threshold.
Not:  no choice of threshold: it is the deciders' (a threshold of 10 % = nine needless actions are worth one needed).
Reference: Vickers & Elkin, Med Decis Making 2006; 26:565.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.interval import Interval
from isocenter.metrics.estimates.mean import noted
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.ratio import ratio


class Benefit(Record):
    """One threshold of the decision curve."""

    threshold: float
    model: float
    """True positives a case, less false positives at the threshold's exchange rate."""
    everybody: float
    """The same of calling all; calling nobody has 0."""
    gain: float
    """Model minus the better of all and nobody."""
    interval: Interval
    """Of the gain over that alternative."""
    patients: int


def net_benefit(
    probability: NDArray[np.floating], positive: NDArray[np.bool_], weights: NDArray[np.floating], *, threshold: float
) -> NDArray[np.float64]:
    """Return TP / n - FP / n x t / (1 - t) for each row of weights (B, N); NaN without cases.

    threshold : t in (0, 1); a case is called from it on
    """
    if not 0.0 < threshold < 1.0:
        raise StudyError(f"expected a threshold between 0 and 1, got {threshold}.")
    w = np.asarray(weights, float)
    called = np.asarray(probability, float) >= threshold
    rate = threshold / (1.0 - threshold)
    worth = np.where(np.asarray(positive, bool), 1.0, -rate) * called
    return ratio(w @ worth, w.sum(axis=1)) if worth.size else np.full(len(w), np.nan)


def decision_curve(
    probability: NDArray[np.floating],
    positive: NDArray[np.bool_],
    patients: Sequence[Any] | NDArray[Any],
    *,
    thresholds: Sequence[float],
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> list[Benefit]:
    """Return the net benefit at each threshold, the gain over the better simple alternative with a patient-bootstrap interval.

    Parameters
    ----------
    probability : (N,)
        Finite, in [0, 1].
    positive : (N,)
        bool.
    patients : (N,)
        The patient of each case.
    thresholds : sequence of float
        Each in (0, 1).
    rng : Generator
        For the resampling.
    draws : int
        Resamples.

    Returns
    -------
    One Benefit a threshold; the interval is NaN below 10 patients.
    """
    p, sign, codes = np.asarray(probability, float), np.asarray(positive, bool), patient_codes(patients)
    count = int(codes.max()) + 1 if codes.size else 0
    once, everything = np.ones((1, p.size)), np.ones(p.size)
    curve = []
    for t in thresholds:
        model = float(net_benefit(p, sign, once, threshold=t)[0])
        everybody = float(net_benefit(everything, sign, once, threshold=t)[0])
        called = everything if everybody > 0 else np.zeros(p.size)

        def gain(weights: NDArray[np.float64], t: float = t, called: NDArray[np.float64] = called) -> NDArray[np.floating]:
            return net_benefit(p, sign, weights, threshold=t) - net_benefit(called, sign, weights, threshold=t)

        curve.append(
            Benefit(
                threshold=t,
                model=model,
                everybody=everybody,
                gain=model - max(everybody, 0.0),
                interval=noted(patient_bootstrap(gain, codes, rng=rng, draws=draws), count),
                patients=count,
            )
        )
    return curve
