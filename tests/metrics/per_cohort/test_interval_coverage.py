"""The share of truths inside their intervals."""

import math

import numpy as np

from isocenter.core.amount import Amount
from isocenter.metrics.estimates.cohort import estimate_cohort
from isocenter.metrics.estimates.wilson import wilson
from isocenter.metrics.registry import per_cohort

METRIC = per_cohort().get("interval_coverage")


def answer(low, high):
    return Amount(value=5.0, unit="1", low=low, high=high)


def test_inside_outside_at_the_end_and_nothing_to_ask():
    truths = [Amount(value=v, unit="1") for v in (5.0, 9.0, 6.0, 5.0, math.nan)]
    answers = [answer(4.0, 6.0)] * 3 + [answer(math.nan, math.nan), answer(0.0, 9.0)]
    assert METRIC.function(truths, answers, np.ones((1, 5)))[0] == 2 / 3
    assert METRIC.trials(truths, answers).tolist() == [True, True, True, False, False]


def test_an_unbounded_interval_holds_everything():
    assert METRIC.function([Amount(value=1e9, unit="1")], [answer(0.0, math.inf)], np.ones((1, 1)))[0] == 1.0


def test_with_one_case_a_patient_its_interval_is_wilsons():
    truths = [Amount(value=float(v), unit="1") for v in range(20)]
    found = estimate_cohort(METRIC, truths, [answer(2.0, 19.0)] * 20, range(20), rng=np.random.default_rng(0))
    assert found.ci95 == wilson(18, 20).ends
    assert found.value == 0.9
