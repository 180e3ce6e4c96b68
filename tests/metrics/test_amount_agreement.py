"""Agreement of a measured number with the true one equals scipy's, scikit-learn's and the analysis of variance."""

import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.metrics import explained_variance_score, mean_squared_error, r2_score

from isocenter.metrics import amount_agreement as agreement
from isocenter.metrics.intraclass import intraclass_correlation


def numbers(rng, n=60):
    truth = rng.normal(50, 10, n)
    return truth, 0.8 * truth + 6 + rng.normal(0, 4, n)


def test_all_equal_other_programs_with_weights(rng):
    truth, answer = numbers(rng)
    weights = rng.integers(0, 4, (5, 60)).astype(float)
    m = agreement.moments(truth, answer, weights)
    for row, w in enumerate(weights):
        x, y = (np.repeat(v, w.astype(int)) for v in (truth, answer))
        table = np.stack([x, y], axis=1)
        assert agreement.pearson(m)[row] == pytest.approx(pearsonr(x, y).statistic)
        assert agreement.r_squared(m)[row] == pytest.approx(r2_score(truth, answer, sample_weight=w))
        assert agreement.explained_variance(m)[row] == pytest.approx(explained_variance_score(truth, answer, sample_weight=w))
        assert agreement.root_mean_square(m)[row] ** 2 == pytest.approx(mean_squared_error(x, y))
        assert agreement.intraclass(m, absolute=True)[row] == pytest.approx(intraclass_correlation(table, "ICC(A,1)"))
        assert agreement.intraclass(m, absolute=False)[row] == pytest.approx(intraclass_correlation(table, "ICC(C,1)"))
        assert agreement.truth_deviation(m)[row] == pytest.approx(x.std(ddof=1))
        limit = (y - x).mean() + 1.959964 * (y - x).std(ddof=1)
        assert agreement.limit_of_agreement(m, upper=True)[row] == pytest.approx(limit, rel=1e-6)


def test_lins_concordance_by_hand():
    """Truth 1 2 3, answer 2 3 4: covariance 2/3, variances 2/3 each, bias 1: 2 (2/3) / (2/3 + 2/3 + 1) = 4/7. r is 1."""
    m = agreement.moments(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0]), np.ones((1, 3)))
    assert agreement.lin_concordance(m)[0] == pytest.approx(4 / 7)
    assert agreement.pearson(m)[0] == pytest.approx(1.0)
    assert agreement.explained_variance(m)[0] == pytest.approx(1.0)
    assert agreement.r_squared(m)[0] == pytest.approx(1 - 3 / 2)


def test_large_numbers_of_small_spread_lose_no_digits(rng):
    truth, answer = numbers(rng)
    near, far = (agreement.moments(truth + c, answer + c, np.ones((1, 60))) for c in (0.0, 1e7))
    assert agreement.intraclass(far, absolute=True)[0] == pytest.approx(agreement.intraclass(near, absolute=True)[0], rel=1e-6)


def test_nothing_varies_is_nan():
    m = agreement.moments(np.ones(5), np.ones(5), np.ones((1, 5)))
    for value in (
        agreement.pearson(m),
        agreement.lin_concordance(m),
        agreement.intraclass(m, absolute=True),
        agreement.r_squared(m),
    ):
        assert np.isnan(value[0])
    none = agreement.moments(np.empty(0), np.empty(0), np.ones((1, 0)))
    assert np.isnan(agreement.root_mean_square(none)[0])
    assert np.isnan(agreement.limit_of_agreement(none, upper=False)[0])
