"""Iou of a case."""

import pytest

from isocenter.metrics.per_case.iou import METRIC

from ..pairs import mask_pair, values


def test_counted_by_hand():
    assert values(METRIC(mask_pair([[1, 1, 1, 0]], [[1, 1, 0, 1]])))["iou"] == pytest.approx(0.5)
