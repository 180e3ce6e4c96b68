"""Spearman's rho equals scipy's."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from isocenter.metrics.correlation import spearman


def test_rho_with_ties_equals_scipys_and_weights_are_repeats(rng):
    first = rng.integers(0, 15, 60).astype(float)
    second = first + rng.normal(size=60) * 5
    assert spearman(first, second, np.ones((1, 60)))[0] == pytest.approx(spearmanr(first, second).statistic)
    times = rng.integers(0, 4, 60)
    theirs = spearmanr(np.repeat(first, times), np.repeat(second, times)).statistic
    assert spearman(first, second, times[None].astype(float))[0] == pytest.approx(theirs)


def test_a_constant_is_nan():
    assert np.isnan(spearman(np.arange(5.0), np.ones(5), np.ones((1, 5)))[0])
