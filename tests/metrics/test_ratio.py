"""Nothing to divide by is NaN."""

import numpy as np

from isocenter.metrics.ratio import mean_of_known, ratio


def test_zero_denominators_are_nan():
    np.testing.assert_array_equal(ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0])), [0.5, np.nan])


def test_the_mean_leaves_out_nan():
    each = [np.array([1.0, np.nan, np.nan]), np.array([3.0, 5.0, np.nan])]
    np.testing.assert_array_equal(mean_of_known(each, 3), [2.0, 5.0, np.nan])
    np.testing.assert_array_equal(mean_of_known([], 2), [np.nan, np.nan])
