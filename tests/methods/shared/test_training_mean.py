"""The mean of amounts."""

import math

import numpy as np
import pytest
from scipy.stats import t

from isocenter.core.amount import Amount
from isocenter.core.study import Target
from isocenter.methods.registry import methods_of

METHOD = methods_of("counting").get("training_mean")
CELLS = Target(name="cells", type="count", columns=("cells",))
SHARE = Target(name="share", type="proportion", columns=("low", "high"))


def amounts(*values):
    return [Amount(value=v, unit="1") for v in values]


def test_the_answer_is_the_mean():
    assert METHOD.answer(CELLS, amounts(2, 4, 9)).value == 5.0


def test_its_interval_holds_a_new_value_nineteen_times_in_twenty(rng):
    held = 0
    for _ in range(2000):
        values = rng.normal(100, 10, 12)
        answer = METHOD.answer(CELLS, amounts(*values))
        held += answer.low <= rng.normal(100, 10) <= answer.high
    assert held / 2000 == pytest.approx(0.95, abs=0.015)


def test_the_interval_is_students():
    answer = METHOD.answer(CELLS, amounts(90, 100, 110))
    assert answer.high - answer.value == pytest.approx(t.ppf(0.975, 2) * 10 * np.sqrt(4 / 3))


def test_an_interval_label_counts_with_its_midpoint():
    labels = [Amount(value=math.nan, unit="1", low=0.2, high=0.4), Amount(value=0.5, unit="1")]
    assert METHOD.answer(SHARE, labels).value == pytest.approx(0.4)


def test_no_interval_leaves_what_is_possible():
    answer = METHOD.answer(SHARE, amounts(0.0, 1.0, 0.0, 1.0))
    assert (answer.low, answer.high) == (0.0, 1.0)
    assert METHOD.answer(CELLS, amounts(0, 0, 9)).low == 0.0


def test_one_label_gives_no_interval():
    answer = METHOD.answer(CELLS, amounts(7))
    assert answer.value == 7
    assert math.isnan(answer.low)


def test_nothing_assessed_gives_no_answer():
    assert METHOD.answer(CELLS, amounts(math.nan)) is None
