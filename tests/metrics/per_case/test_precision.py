"""Precision of a case."""

import pytest

from isocenter.metrics.per_case.precision import METRIC

from ..pairs import mask_pair, values


def test_counted_by_hand():
    assert values(METRIC(mask_pair([[1, 1, 1, 0]], [[1, 1, 0, 1]])))["precision"] == pytest.approx(2 / 3)
