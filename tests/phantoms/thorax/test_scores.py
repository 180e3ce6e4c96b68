"""Extents as readers write them: six intervals, rounded to whole percent."""

import numpy as np
import pytest

from isocenter.phantoms.thorax.breath import draw_breath
from isocenter.phantoms.thorax.scores import grade_of, read_extent, score_of
from isocenter.phantoms.thorax.settings import THORAX

EXACT = {"bias": 0.0, "spread": 0.0, "half_seen": 0.0, "false_rate": 0.0}


@pytest.mark.parametrize(
    ("share", "grade"),
    [(0.0, 0), (0.0049, 0), (0.005, 1), (0.054, 1), (0.056, 2), (0.254, 2), (0.26, 3), (0.504, 3), (0.51, 4), (0.76, 5), (1.0, 5)],
)
def test_a_share_is_rounded_to_whole_percent_before_it_is_graded(share, grade):
    assert grade_of(share) == grade


def test_a_score_is_its_interval_and_its_middle():
    score = score_of(0.1)
    assert (score.low, score.high, score.unit) == (0.06, 0.25, "1")
    assert score.value == pytest.approx(0.155)


@pytest.mark.parametrize("share", [0.0, 0.03, 0.4, 0.9])
def test_a_reader_without_habits_writes_the_truth(share, rng):
    assert read_extent(share, EXACT, rng).low == score_of(share).low


def test_a_biased_reader_writes_more(rng):
    read = [read_extent(0.2, {**EXACT, "bias": 1.0}, rng).value for _ in range(3)]
    assert read == [score_of(0.4).value] * 3


def test_small_extents_are_missed_and_absent_ones_invented(rng):
    habits = {**EXACT, "half_seen": 0.02, "false_rate": 0.1}
    missed = np.mean([read_extent(0.02, habits, rng).high == 0 for _ in range(800)])
    invented = np.mean([read_extent(0.0, habits, rng).high > 0 for _ in range(800)])
    assert abs(missed - 0.5) < 0.06
    assert abs(invented - 0.1) < 0.04


def test_spirometry_falls_with_extent_and_is_not_told_by_it(rng):
    extents = rng.random(400)
    fev1 = np.array([draw_breath(THORAX, e, rng).fev1_percent for e in extents])
    explained = np.corrcoef(np.sqrt(extents), fev1)[0, 1]
    assert -0.85 < explained < -0.4
