"""Rows of estimates: labels, however long, leave room for the intervals."""

import warnings

from isocenter.figures.intervals import Row, broken, draw_intervals
from isocenter.figures.style import to_svg

LONG = "start=run_view_frozen=False_labels.cardiomegaly=120_seed=0-a709cf_and_more"


def test_a_short_label_stays_on_its_line():
    assert broken("random forest") == "random forest"


def test_a_long_label_is_cut_between_its_words_and_nothing_of_it_is_lost():
    lines = broken(LONG).split("\n")
    assert len(lines) > 1
    assert max(map(len, lines)) <= 29
    assert "".join(lines) == LONG


def test_a_word_longer_than_a_line_is_cut():
    assert "".join(broken("x" * 70).split("\n")) == "x" * 70
    assert max(map(len, broken("x" * 70).split("\n"))) <= 29


def test_rows_with_long_labels_leave_the_axes_their_room():
    rows = [Row(label=LONG, value=0.5, ci95=(0.4, 0.6), patients=30) for _ in range(8)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # "constrained_layout not applied because axes sizes collapsed to zero"
        assert to_svg(draw_intervals(rows, axis="AUC"))
