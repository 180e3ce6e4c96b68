"""Recall of a case."""

import pytest

from isocenter.metrics.per_case.recall import METRIC

from ..pairs import mask_pair, values


def test_counted_by_hand():
    assert values(METRIC(mask_pair([[1, 1, 1, 1, 0]], [[1, 1, 0, 0, 1]])))["recall"] == pytest.approx(2 / 4)
