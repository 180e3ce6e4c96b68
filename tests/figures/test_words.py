"""Names and numbers as a reader expects them."""

import math

import pytest

from isocenter.figures.words import lower_is_better, metric_in_words, metric_within, number, quantity, who_in_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dice", "Dice"),
        ("dice_left_lung", "Dice, left lung"),
        ("hd95_monai", "HD95 (MONAI)"),
        ("hd95_monai_lung", "HD95 (MONAI), lung"),
        ("hd95_miss_lung", "HD95 misses, lung"),
        ("some_new_metric", "Some new metric"),
    ],
)
def test_metrics_get_their_usual_names(name, words):
    assert metric_in_words(name) == words


def test_names_inside_a_sentence_keep_their_capitals_only_where_they_are_names():
    assert metric_within("dice") == "Dice"
    assert metric_within("auc") == "AUC"
    assert metric_within("mean_absolute_error") == "mean absolute error"


def test_who_made_an_answer():
    assert who_in_words("model") == "model"
    assert who_in_words("baseline:random_forest") == "random forest (baseline)"
    assert who_in_words("rater:second") == "second (human rater)"


@pytest.mark.parametrize(
    ("value", "said"), [(0.8723, "0.872"), (2.314, "2.31"), (12.34, "12.3"), (12345.6, "12\u202f346"), (math.nan, "–")]
)
def test_digits_suit_the_size(value, said):
    assert number(value) == said


def test_an_interval_has_the_digits_of_its_estimate():
    assert number(9.8765, like=12.3) == "9.9"


def test_units_follow_their_number_and_pure_numbers_have_none():
    assert quantity(2.314, "mm") == "2.31\u202fmm"
    assert quantity(0.5, "1") == "0.500"


def test_errors_and_distances_are_better_when_small():
    assert lower_is_better("hd95_lung")
    assert lower_is_better("mean_absolute_error")
    assert not lower_is_better("dice")
