"""Do two models differ in a number that exists only for many cases: F1, AUC, kappa, ICC, concordance?

In:   a CohortMetric, the truths, two answers to each case, the patient of each.
Out:  Difference: effect, interval, two-sided p.
Not:  no means of per-case numbers (permutation.py), no claim about methods (nadeau_bengio.py).
Reference: Davison & Hinkley, Bootstrap Methods and their Application, 1997, sections 3.8 and 4.4 (p by the centered bootstrap).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.decisions import probabilities
from isocenter.metrics.estimates.cohort import fold_means, is_known
from isocenter.metrics.estimates.interval import no_interval
from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, Statistic, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes, resampled_weights
from isocenter.metrics.tests_of_difference.paired_delong import paired_delong
from isocenter.metrics.tests_of_difference.permutation import Difference


def compare_cohort(
    metric: CohortMetric,
    truths: Sequence[Value],
    first: Sequence[Value],
    second: Sequence[Value],
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    folds: Sequence[str] | None = None,
    draws: int = DRAWS,
) -> Difference:
    """Return the metric of first minus that of second, on the cases that were assessed and that both answered.

    Parameters
    ----------
    metric : CohortMetric
        Of two-class AUCs with one case a patient and one model, DeLong's paired test; else the bootstrap over patients.
    truths, first, second : (N,)
        One a case. StudyError if the lengths differ.
    patients : (N,)
        The patient of each case.
    rng : Generator
        For the resampling.
    folds : (N,), or None
        The fold whose models answered each case. Metrics of ranking are then taken within folds and averaged.
    draws : int
        Resamples.

    Returns
    -------
    Difference; effect NaN where the metric is, p and interval NaN below 10 patients.
    """
    if not len(truths) == len(first) == len(second) == len(patients):
        raise StudyError(
            "expected two answers and one patient a truth, "
            f"got {len(truths)} truths, {len(first)} and {len(second)} answers, {len(patients)} patients."
        )
    kept = [i for i, row in enumerate(zip(truths, first, second, strict=True)) if all(map(is_known, row))]
    truth, one, other = ([values[i] for i in kept] for values in (truths, first, second))
    codes = patient_codes(np.asarray(patients, dtype=str)[kept])
    places = None if folds is None or not metric.within_folds else np.asarray(folds, dtype=str)[kept]
    single = codes.size == (int(codes.max()) + 1 if codes.size else 0) and (places is None or np.unique(places).size < 2)
    if metric.auc and metric.each in (None, metric.function) and single and kept and len(getattr(truth[0], "names", ())) == 2:
        mine, theirs = probabilities(truth, one), probabilities(truth, other)
        return paired_delong(mine.probability, theirs.probability, mine.positive)

    def gap(weights: NDArray[np.float64]) -> NDArray[np.floating]:
        parts = [fold_means(metric, truth, answers, weights, places) for answers in (one, other)]
        return np.asarray(parts[0] - parts[1])

    return bootstrap_difference(gap, codes, rng=rng, draws=draws)


def bootstrap_difference(gap: Statistic, codes: NDArray[np.intp], *, rng: np.random.Generator, draws: int = DRAWS) -> Difference:
    """Return a difference of two numbers of the same cases, drawing whole patients.

    gap    : weights (B, N) -> first minus second (B,)
    codes  : (N,) the number of each case's patient
    rng    : for the resampling
    draws  : resamples
    return : p is the share of draws further from the effect than 0 is; NaN below 10 patients
    """
    count = int(codes.max()) + 1 if codes.size else 0
    effect = float(gap(np.ones((1, codes.size)))[0]) if codes.size else math.nan
    claimed = count >= LEAST_PATIENTS and math.isfinite(effect)
    interval, p = no_interval("too few patients" if count < LEAST_PATIENTS else "not defined on these cases"), math.nan
    if claimed:
        interval = patient_bootstrap(gap, codes, rng=rng, draws=draws)
        drawn = np.concatenate([gap(block) for block in resampled_weights(codes, draws, rng)])
        drawn = drawn[np.isfinite(drawn)]
        p = (int(np.count_nonzero(np.abs(drawn - effect) >= abs(effect))) + 1) / (drawn.size + 1)
        if interval.width <= 1e-12:
            interval = no_interval("the difference does not vary")
    return Difference(
        effect=effect, interval=noted(interval, count), p=p, test="bootstrap over patients", patients=count, cases=int(codes.size)
    )
