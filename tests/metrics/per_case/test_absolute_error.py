"""Numbers of a case: absolute and signed error."""

import math

import pytest

from isocenter.core.amount import Amount
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.absolute_error import METRIC
from isocenter.metrics.per_case.signed_error import METRIC as SIGNED


def errors(truth, answer):
    target = Target(name="n", type="count", columns=("n",), unit="cells")
    pair = Pair(case="a", target=target, truth=truth, answer=Amount(value=answer, unit="cells"))
    return METRIC(pair)[0], SIGNED(pair)[0]


def test_three_too_few():
    off, signed = errors(Amount(value=10, unit="cells"), 7)
    assert (off.value, off.unit, signed.value) == (3.0, "cells", -3.0)


@pytest.mark.parametrize(("answer", "expected"), [(5.0, -5.0), (10.0, 0.0), (17.0, 0.0), (20.0, 0.0), (22.5, 2.5)])
def test_inside_an_interval_label_there_is_no_error(answer, expected):
    off, signed = errors(Amount(value=math.nan, low=10, high=20, unit="cells"), answer)
    assert (off.value, signed.value) == (abs(expected), expected)


def test_not_assessed_is_nan():
    assert all(math.isnan(m.value) for m in errors(Amount(value=math.nan, unit="cells"), 7))
