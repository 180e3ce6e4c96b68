"""The corrected resampled t-test."""

import math

import numpy as np
import pytest
from scipy import stats

from isocenter.core.errors import StudyError
from isocenter.metrics.tests_of_difference.nadeau_bengio import nadeau_bengio

GAPS = [0.01, 0.03, 0.02, 0.00, 0.04]


def test_five_folds_by_hand():
    """Mean 0.02, s^2 0.00025, 1/5 + 20/80 = 0.45: t = 0.02 / sqrt(0.45 x 0.00025) = 1.8856, 4 degrees of freedom."""
    found = nadeau_bengio(GAPS, learned=80, tested=20)
    assert found.effect == pytest.approx(0.02)
    assert found.p == pytest.approx(2 * stats.t.sf(1.88562, 4), abs=1e-5)
    assert found.interval.high == pytest.approx(0.02 + 2.776445 * math.sqrt(0.45 * 0.00025), abs=1e-6)


def test_without_the_correction_it_is_the_plain_t_test():
    assert nadeau_bengio(GAPS, learned=1e12, tested=1).p == pytest.approx(stats.ttest_1samp(GAPS, 0).pvalue)


def test_folds_that_share_cases_are_worth_less():
    assert nadeau_bengio(GAPS, learned=80, tested=20).p > stats.ttest_1samp(GAPS, 0).pvalue


def test_one_fold_or_equal_folds_have_no_interval():
    for gaps in ([0.1], [0.1, 0.1], [math.nan, 0.1]):
        found = nadeau_bengio(gaps, learned=80, tested=20)
        assert np.isnan(found.interval.ends).all()
        assert math.isnan(found.p)


def test_sizes_must_be_positive():
    with pytest.raises(StudyError):
        nadeau_bengio(GAPS, learned=0, tested=20)
