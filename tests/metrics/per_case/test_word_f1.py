"""Words of a report."""

import math

import pytest

from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.exact_match import METRIC as EXACT
from isocenter.metrics.per_case.word_f1 import METRIC, word_f1


def test_three_of_four_words_shared():
    assert word_f1("No pleural effusion seen.", "no pleural effusion today") == pytest.approx(0.75)


def test_repeats_count_as_often_as_in_both():
    assert word_f1("a a a b", "a b b b") == pytest.approx(2 * 2 / 8)


def test_empty_texts():
    assert word_f1("effusion", "") == 0.0
    assert math.isnan(word_f1("", " . "))


def test_punctuation_and_case_do_not_count_but_order_does_for_an_exact_match():
    def both(truth, answer):
        pair = Pair(case="a", target=Target(name="r", type="text", columns=("r",)), truth=truth, answer=answer)
        return METRIC(pair)[0].value, EXACT(pair)[0].value

    assert both("No effusion.", "no effusion") == (1.0, 1.0)
    assert both("no effusion", "effusion no") == (1.0, 0.0)
    assert all(math.isnan(v) for v in both("", ""))
