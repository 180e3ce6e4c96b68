"""Strides and kernels, filled in and checked."""

import pytest

from isocenter.core.errors import PlanError
from isocenter.learning.levels import filled_kernels, filled_strides, total_stride


def test_nothing_said_means_halving_every_axis_below_the_first_level() -> None:
    strides = filled_strides((), levels=4, dimensions=2)
    assert strides == ((1, 1), (2, 2), (2, 2), (2, 2))
    assert total_stride(strides) == (8, 8)


def test_lists_as_json_gives_them_become_tuples() -> None:
    assert filled_kernels([[3, 1], [3, 3]], levels=2, dimensions=2) == ((3, 1), (3, 3))


def test_an_even_kernel_is_refused() -> None:
    with pytest.raises(PlanError, match="odd"):
        filled_kernels([[4, 4]], levels=1, dimensions=2)
