"""Exact and interval labels as two ends."""

import math

import numpy as np
import pytest
import torch

from isocenter.core.amount import Amount
from isocenter.learning.amount_labels import amount_ends, amount_middle, outside


def amount(value=math.nan, low=math.nan, high=math.nan):
    return Amount(value=value, unit="1", low=low, high=high)


@pytest.mark.parametrize(
    ("label", "ends", "middle"),
    [
        (amount(3.0), (3.0, 3.0), 3.0),
        (amount(low=1.0, high=2.0), (1.0, 2.0), 1.5),
        (amount(low=1.0), (1.0, math.inf), 1.0),
        (amount(high=2.0), (-math.inf, 2.0), 2.0),
    ],
)
def test_ends_and_middle(label, ends, middle):
    assert tuple(amount_ends(label)) == ends
    assert amount_middle(label) == middle


def test_what_was_not_assessed_has_no_ends():
    assert np.isnan(amount_ends(amount())).all()
    assert math.isnan(amount_middle(amount()))


def test_inside_an_interval_nothing_is_outside():
    truth = torch.tensor([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0], [-math.inf, 2.0]])
    assert outside(torch.tensor([0.0, 1.5, 4.0, -9.0]), truth).tolist() == [1.0, 0.0, 2.0, 0.0]
