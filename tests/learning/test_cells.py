"""A frame cut into cells: numbered without gaps, few enough, averaged exactly."""

import numpy as np
import pytest

from isocenter.learning.cells import MOST, cell_means, cell_numbers, cell_sides


@pytest.mark.parametrize("places", [(1, 32, 32), (1, 33, 17), (1, 20, 24, 9), (40, 32, 32), (3, 5, 4)])
def test_cells_cover_the_frame_without_gaps(places):
    numbers = cell_numbers(places)
    assert numbers.shape == places
    assert sorted(set(numbers.ravel().tolist())) == list(range(int(numbers.max()) + 1))
    assert numbers.max() + 1 <= max(MOST, places[0] * 2 ** (len(places) - 1))


def test_a_cell_is_a_block_of_one_image():
    numbers = cell_numbers((2, 16, 16))
    assert cell_sides((2, 16, 16)) == (2, 2)
    where = np.argwhere(numbers == numbers[1, 4, 6])
    assert where.tolist() == [[1, 4, 6], [1, 4, 7], [1, 5, 6], [1, 5, 7]]


def test_the_mean_of_a_cell_is_its_mean():
    numbers = cell_numbers((1, 16, 16))
    values = np.random.default_rng(0).random((1, 16, 16))
    assert cell_means(values, numbers)[numbers[0, 3, 5]] == pytest.approx(values[0, 2:4, 4:6].mean())
