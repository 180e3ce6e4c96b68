"""Suspect labels: those the model would not have given, by the standard of each class."""

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.metrics.label_confidence import label_confidence


def two(p_of_one):
    """(N, 2) from the probability of class 1."""
    p = np.asarray(p_of_one, float)
    return np.stack([1 - p, p], axis=1)


def test_a_label_against_the_model_is_suspect_and_the_rest_is_not():
    found = label_confidence(np.array([0, 0, 0, 0, 1, 1, 1]), two([0.1, 0.2, 0.1, 0.95, 0.9, 0.8, 0.05]))
    assert found.suspect.tolist() == [False, False, False, True, False, False, True]
    assert found.suggested.tolist() == [0, 0, 0, 1, 1, 1, 0]
    assert found.given[3] == pytest.approx(0.05)


def test_a_rare_class_is_judged_by_its_own_standard():
    """Never above 0.5, and still the class a model means when it says 0.4."""
    p = two([0.02, 0.03, 0.02, 0.41, 0.4, 0.38])
    found = label_confidence(np.array([0, 0, 0, 0, 1, 1]), p)
    assert found.suspect.tolist() == [False, False, False, True, False, False]


def test_what_was_not_assessed_or_not_answered_is_not_suspect():
    p = two([0.9, np.nan, 0.1, 0.9])
    found = label_confidence(np.array([-1, 0, 0, 1]), p)
    assert not found.suspect.any()
    assert found.suggested.tolist() == [-1, 0, 0, 1]
    assert np.isnan(found.given).tolist() == [True, True, False, False]


def test_one_class_alone_raises_no_suspicion():
    assert not label_confidence(np.zeros(4, int), two([0.9, 0.1, 0.5, 0.5])).suspect.any()


def test_no_cases_give_no_suspects():
    assert label_confidence(np.zeros(0, int), np.zeros((0, 2))).suspect.size == 0


def test_planted_flips_are_found_when_the_model_is_good():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 600)
    flipped = rng.random(600) < 0.1
    labels = np.where(flipped, (truth + 1) % 3, truth)
    p = rng.dirichlet([1, 1, 1], 600) * 0.1 + np.eye(3)[truth] * 0.9
    found = label_confidence(labels, p)
    assert found.suspect[flipped].mean() > 0.9
    assert found.suspect[~flipped].mean() < 0.05


def test_a_class_out_of_range_is_refused():
    with pytest.raises(StudyError, match="from -1 to 1"):
        label_confidence(np.array([2]), two([0.5]))
