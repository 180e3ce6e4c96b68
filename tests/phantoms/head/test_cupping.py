"""Beam hardening: low in the middle, nothing outside of the skull."""

import numpy as np

from isocenter.phantoms.head.cupping import cupping

X, Y = np.meshgrid(np.arange(40) - 19.5, np.arange(40) - 19.5, indexing="ij")
DEPTH = (60 * (1 - np.hypot(X, Y) / 18))[..., None].repeat(2, 2).astype(np.float32)
NO_BONE = np.zeros_like(DEPTH)


def test_the_middle_reads_lower_than_the_rim_by_the_strength():
    error = cupping(DEPTH, NO_BONE, 8.0)
    assert abs((error[2, 19, 0] - error[19, 19, 0]) - 8.0) < 1.0
    assert error[19, 19, 0] < -3
    assert (error[DEPTH <= 0] == 0).all()


def test_strength_zero_is_no_error():
    assert not cupping(DEPTH, NO_BONE, 0.0).any()


def test_bars_darken_what_lies_between_dense_bones():
    bone = NO_BONE.copy()
    bone[5:12, 18:21] = bone[28:35, 18:21] = 1.0
    change = cupping(DEPTH, bone, 6.0) - cupping(DEPTH, NO_BONE, 6.0)
    assert change[19, 19, 0] < -1
    assert abs(change[19, 32, 0]) < 0.1
