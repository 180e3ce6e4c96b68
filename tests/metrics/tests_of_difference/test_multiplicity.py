"""Adjusted p values equal statsmodels'."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from isocenter.metrics.tests_of_difference.multiplicity import benjamini_hochberg, holm


@pytest.mark.parametrize(("ours", "theirs"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])
def test_equal_to_statsmodels(ours, theirs, rng):
    for size in (1, 5, 30):
        p = rng.random(size) ** 3
        np.testing.assert_allclose(ours(p), multipletests(p, method=theirs)[1], atol=1e-12)


def test_benjamini_and_hochbergs_own_fifteen_values():
    """J R Stat Soc B 1995; 57:289, section 3.2: at 0.05, four hypotheses are rejected; Holm's procedure rejects three."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4
    assert (holm(p) <= 0.05).sum() == 3


def test_what_was_not_tested_stays_nan_and_does_not_count():
    np.testing.assert_allclose(holm([0.02, np.nan, 0.5]), [0.04, np.nan, 0.5])
    assert benjamini_hochberg([]).size == 0
