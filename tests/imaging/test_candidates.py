"""Candidates of a probability map."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.core.errors import SettingError
from isocenter.imaging.candidates import find_candidates


def two_blobs(gap: int = 20) -> np.ndarray:
    seen = np.zeros((60, 40))
    seen[15, 20], seen[15 + gap, 20] = 1.0, 0.6
    wide = gaussian_filter(seen, 3.0)
    return wide / wide.max() * 0.9


@pytest.mark.parametrize("how", ["suppression", "watershed"])
def test_two_blobs_are_two_candidates_the_surer_first(how: str) -> None:
    found = find_candidates(two_blobs(), how=how, distance=6.0, spacing=(1.0, 1.0), above=0.2)
    assert found.index.round().tolist() == [[15, 20], [35, 20]]
    assert found.value[0] == pytest.approx(0.9)
    assert found.value[1] == pytest.approx(0.54, abs=0.01)
    assert (found.extent > 3).all()
    assert (found.extent < 16).all()


def test_suppression_keeps_one_of_two_that_are_near() -> None:
    near = two_blobs(gap=8)
    assert len(find_candidates(near, how="suppression", distance=12.0, spacing=(1.0, 1.0), above=0.2).value) == 1
    assert len(find_candidates(near, how="suppression", distance=24.0, spacing=(3.0, 3.0), above=0.2).value) == 1


@pytest.mark.parametrize("how", ["suppression", "watershed"])
def test_an_empty_map_has_none(how: str) -> None:
    found = find_candidates(np.zeros((9, 8, 7)), how=how, distance=2.0, spacing=(1.0, 1.0, 1.0), above=0.1)
    assert found.index.shape == found.extent.shape == (0, 3)


@pytest.mark.parametrize("how", ["suppression", "watershed"])
def test_no_more_are_kept_than_asked_for(how: str) -> None:
    found = find_candidates(two_blobs(), how=how, distance=6.0, spacing=(1.0, 1.0), above=0.2, most=1)
    assert found.value.tolist() == pytest.approx([0.9])


def test_another_way_is_refused() -> None:
    with pytest.raises(SettingError, match="Did you mean watershed"):
        find_candidates(two_blobs(), how="watersheds", distance=1.0, spacing=(1.0, 1.0), above=0.2)
