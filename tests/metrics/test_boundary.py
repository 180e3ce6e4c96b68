"""Boundary F1 at a tolerance."""

import math

import numpy as np
import pytest

from isocenter.metrics.boundary import boundary_f1


def square(start, size=10):
    mask = np.zeros((40, 40), bool)
    mask[start : start + size, 10:20] = True
    return mask


def test_a_shift_within_the_tolerance_costs_nothing():
    assert boundary_f1(square(10), square(12), spacing=(1, 1), tolerance=2.0) == 1.0
    assert boundary_f1(square(10), square(12), spacing=(1, 1), tolerance=1.0) < 1.0
    assert boundary_f1(square(10), square(12), spacing=(2, 1), tolerance=2.0) < 1.0


def test_a_shift_counted_by_hand_at_tolerance_zero():
    """Squares of 10 x 10 samples have 36 on their edge; only what both edges share counts."""
    first, second = square(10), square(12)
    edge = lambda m: m & ~(np.roll(m, 1, 0) & np.roll(m, -1, 0) & np.roll(m, 1, 1) & np.roll(m, -1, 1))  # noqa: E731
    shared = (edge(first) & edge(second)).sum()
    assert boundary_f1(first, second, spacing=(1, 1), tolerance=0.0) == pytest.approx(shared / 36)


def test_empty_masks():
    empty = np.zeros((40, 40), bool)
    assert boundary_f1(square(10), empty, spacing=(1, 1), tolerance=1.0) == 0.0
    assert math.isnan(boundary_f1(empty, empty, spacing=(1, 1), tolerance=1.0))


def test_masks_far_apart_score_zero():
    assert boundary_f1(square(0), square(25), spacing=(1, 1), tolerance=3.0) == 0.0
