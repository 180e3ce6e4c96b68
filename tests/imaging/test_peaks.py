"""Local maxima, highest first."""

import numpy as np

from isocenter.imaging.peaks import find_peaks


def test_peaks_come_highest_first_and_low_ones_not():
    values = np.zeros((20, 20))
    values[3, 4], values[15, 10], values[8, 18] = 1.0, 3.0, 0.1
    places, heights = find_peaks(values, distance=2, least=0.5)
    assert places.tolist() == [[15, 10], [3, 4]]
    assert heights.tolist() == [3.0, 1.0]


def test_of_two_close_ones_the_higher_is_kept():
    values = np.zeros((20, 20))
    values[5, 5], values[5, 7] = 1.0, 2.0
    assert find_peaks(values, distance=3, least=0.1)[0].tolist() == [[5, 7]]
    assert len(find_peaks(values, distance=1, least=0.1)[0]) == 2


def test_a_peak_at_the_border_counts():
    values = np.zeros((9, 9, 9))
    values[0, 0, 8] = 1.0
    assert find_peaks(values, least=0.5)[0].tolist() == [[0, 0, 8]]


def test_a_flat_map_has_none():
    places, heights = find_peaks(np.zeros((8, 8)), least=0.1)
    assert places.shape == (0, 2)
    assert heights.shape == (0,)
