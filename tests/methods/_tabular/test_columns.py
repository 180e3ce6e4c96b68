"""Columns: what is missing is the mean and flagged, what is new counts as missing."""

import numpy as np
import pytest

from isocenter.methods._tabular.columns import columns_of, load_columns
from isocenter.methods._tabular.features import Features, mean_features


def seen(words=None, **numbers):
    return Features(blocks={n: np.atleast_1d(np.asarray(v, float)) for n, v in numbers.items()}, words=words or {})


ROWS = [seen({"sex": "f"}, age=30), seen({"sex": "m"}, age=50), seen({"sex": "f"}), seen({"sex": "m"}, age=70)]


def test_columns_have_mean_0_and_sd_1_and_a_missing_number_is_the_mean():
    columns = columns_of(ROWS)
    x = columns.matrix(ROWS)  # age, sex f, sex m, age missing
    assert x.shape == (4, 4)
    assert columns.flags == ("age",)
    known = x[[0, 1, 3], 0]
    assert known.mean() == pytest.approx(0)
    assert known.std() == pytest.approx(1)
    assert x[2, 0] == 0
    assert x[2, 3] > 0 > x[0, 3]


def test_a_category_never_seen_is_neither_of_those_known():
    columns = columns_of(ROWS)
    np.testing.assert_allclose(columns.matrix([seen({"sex": "x"}, age=50)])[0, 1:3], 0)
    assert not columns.usable(seen({"sex": "x"}))
    assert columns.usable(seen({"sex": "f"}))


def test_blocks_that_are_missing_together_share_a_flag():
    rows = [seen(a=[1, 2], b=3, c=1), seen(c=2), seen(a=[2, 5], b=4, c=3)]
    assert columns_of(rows).flags == ("a",)


def test_a_block_of_another_size_counts_as_missing():
    columns = columns_of([seen(a=[1, 2]), seen(a=[3, 1]), seen(a=[1, 2, 3])])
    assert dict(columns.blocks) == {"a": 2}
    assert not columns.usable(seen(a=[1, 2, 3]))


def test_what_does_not_vary_is_0_and_what_is_never_there_has_no_column():
    columns = columns_of([seen(a=5, b=np.nan), seen(a=5, b=np.nan)])
    assert dict(columns.blocks) == {"a": 1}
    np.testing.assert_array_equal(columns.matrix([seen(a=5)]), [[0.0]])


def test_columns_survive_being_saved():
    columns = columns_of(ROWS)
    again = load_columns(columns.text(), columns.arrays())
    np.testing.assert_array_equal(again.matrix(ROWS), columns.matrix(ROWS))


def test_the_mean_of_cases_skips_what_is_missing():
    both = mean_features([seen({"sex": "f"}, a=[1, np.nan]), seen(a=[3, 8]), seen({"sex": "f"}, b=2)])
    np.testing.assert_array_equal(both.blocks["a"], [2, 8])
    assert both.blocks["b"] == 2
    assert both.words == {"sex": "f"}
