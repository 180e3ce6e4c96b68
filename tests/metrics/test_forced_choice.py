"""Which of two is synthetic: exact intervals, one interval over readers and pairs, what may be said, and what power that takes."""

import math

import numpy as np
import pytest
from scipy.special import expit

from isocenter.core.errors import StudyError
from isocenter.metrics.forced_choice import choices, of_all, of_reader, power_of_equivalence, power_to_tell


def told(right, pairs):
    return np.arange(pairs) < right


def test_a_reader_gets_the_exact_interval():
    row = of_reader("ann", told(14, 20))
    assert (row.right, row.pairs) == (0.7, 20)
    assert row.interval.ends == pytest.approx((0.4572, 0.8811), abs=1e-4)  # tables of Clopper and Pearson
    assert row.p == pytest.approx(0.1153, abs=1e-4)  # of a fair coin: 14 heads or more, or 6 or fewer, of 20


@pytest.mark.parametrize(("right", "verdict"), [(70, "told apart"), (30, "told apart"), (58, "undecided")])
def test_what_may_be_said_of_a_hundred_pairs(right, verdict):
    assert of_reader("ann", told(right, 100)).verdict == verdict


def test_indistinguishable_takes_many_pairs():
    assert of_reader("ann", told(145, 290)).verdict == "indistinguishable"
    assert of_reader("ann", told(20, 40)).verdict == "undecided"


def test_power_is_what_the_protocol_says_of_70_and_290_pairs():
    assert power_to_tell(70) == pytest.approx(0.92, abs=0.01)
    assert power_of_equivalence(290) == pytest.approx(0.91, abs=0.01)
    assert power_to_tell(30) < 0.6
    assert power_of_equivalence(70) == 0.0


def test_the_mean_of_readers_holds_the_truth_as_often_as_it_says(rng):
    truth = float(expit(0.8 + rng.normal(0, 0.4, 100_000) + rng.normal(0, 0.8, 100_000)).mean())
    hits = 0
    for _ in range(300):
        share = expit(0.8 + 0.4 * rng.standard_normal((5, 1)) + 0.8 * rng.standard_normal((1, 60)))
        row = of_all(rng.random((5, 60)) < share)
        hits += row.interval.low <= truth <= row.interval.high
    assert 0.92 <= hits / 300 <= 1.0


def test_readers_who_agree_on_every_pair_count_no_more_than_one(rng):
    alike = np.tile(rng.random((1, 80)) < 0.7, (6, 1))
    assert of_all(alike).interval.width == pytest.approx(of_reader("ann", alike[0]).interval.width, rel=0.1)


def test_only_pairs_all_have_answered_are_pooled():
    rows = choices({"ann": {"a": True, "b": False, "c": True}, "bob": {"b": True, "c": True}})
    assert [(row.who, row.pairs) for row in rows] == [("ann", 3), ("bob", 2), ("all readers", 2)]
    assert rows[-1].right == 0.75


def test_readers_without_a_common_pair_are_not_pooled():
    assert [row.who for row in choices({"ann": {"a": True}, "bob": {"b": True}})] == ["ann", "bob"]


def test_answers_that_are_all_alike_have_no_pooled_interval():
    row = of_all(np.ones((2, 5), bool))
    assert math.isnan(row.interval.low)
    assert row.verdict == "undecided"


def test_nothing_to_count_is_refused():
    with pytest.raises(StudyError, match="ann"):
        of_reader("ann", np.zeros(0, bool))
    with pytest.raises(StudyError, match="two readers"):
        of_all(np.ones((1, 5), bool))
