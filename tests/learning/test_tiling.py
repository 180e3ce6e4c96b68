"""Windows and weights."""

import numpy as np
import pytest
from monai.data.utils import compute_importance_map

from isocenter.core.errors import PlanError
from isocenter.learning.tiling import gaussian_weights, padding_before, window_count, window_starts


def test_windows_step_by_half_and_the_last_ends_with_the_image() -> None:
    assert window_starts((10, 4), (4, 4)) == ((0, 2, 4, 6), (0,))
    assert window_starts((9,), (4,)) == ((0, 2, 4, 5),)
    assert window_count((9, 9), (4, 4)) == 16


@pytest.mark.parametrize("size", range(1, 40))
@pytest.mark.parametrize("step", [0.25, 0.5, 0.75, 1.0])
def test_every_sample_is_covered(size: int, step: float) -> None:
    covered = np.zeros(max(size, 7))
    for start in window_starts((size,), (7,), step=step)[0]:
        covered[start : start + 7] += 1
        assert start + 7 <= covered.size
    assert covered.min() >= 1


def test_a_window_of_one_sample_visits_each() -> None:
    assert window_starts((3,), (1,)) == ((0, 1, 2),)


def test_short_axes_are_padded_evenly() -> None:
    assert padding_before((3, 10), (8, 8)) == (2, 0)


@pytest.mark.parametrize("window", [(32, 24), (40, 56, 40), (8, 8, 1)])
def test_weights_are_monais(window: tuple[int, ...]) -> None:
    theirs = compute_importance_map(window, mode="gaussian", sigma_scale=0.125).numpy()
    assert np.allclose(gaussian_weights(window), theirs, atol=1e-6)


@pytest.mark.parametrize("step", [0.0, 1.5])
def test_an_impossible_step_is_refused(step: float) -> None:
    with pytest.raises(PlanError, match="step"):
        window_starts((10,), (4,), step=step)
