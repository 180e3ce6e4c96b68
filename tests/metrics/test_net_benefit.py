"""Net benefit by hand, and what the theory says of it."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import confusion_matrix

from isocenter.core.errors import StudyError
from isocenter.metrics.net_benefit import decision_curve, net_benefit


def cohort(rng, n):
    x = rng.normal(-1, 1.5, n)
    return expit(x), rng.random(n) < expit(x)


def test_a_hundred_patients_by_hand():
    """20 have it. Called at 20 %: 15 of them and 30 others. 15/100 - 30/100 x 0.2/0.8 = 0.075; calling all 0.2 - 0.8/4 = 0."""
    positive = np.arange(100) < 20
    p = np.where((np.arange(100) < 15) | (np.arange(100) >= 70), 0.3, 0.1)
    once = np.ones((1, 100))
    assert net_benefit(p, positive, once, threshold=0.2)[0] == pytest.approx(0.075)
    assert net_benefit(np.ones(100), positive, once, threshold=0.2)[0] == pytest.approx(0.0)


def test_it_equals_the_counts_of_scikit_learn_with_weights(rng):
    p, positive = cohort(rng, 150)
    weights = rng.integers(0, 3, (4, 150)).astype(float)
    for t in (0.05, 0.3, 0.7):
        for row, w in enumerate(weights):
            _, fp, _, tp = confusion_matrix(positive, p >= t, sample_weight=w).ravel()
            expected = tp / w.sum() - fp / w.sum() * t / (1 - t)
            assert net_benefit(p, positive, weights, threshold=t)[row] == pytest.approx(expected)


def test_true_probabilities_are_never_worse_than_all_or_nobody():
    p, positive = cohort(np.random.default_rng(0), 40_000)
    for t in (0.05, 0.2, 0.5, 0.8):
        model = net_benefit(p, positive, np.ones((1, p.size)), threshold=t)[0]
        everybody = net_benefit(np.ones(p.size), positive, np.ones((1, p.size)), threshold=t)[0]
        assert model >= max(everybody, 0.0)


def test_the_curve_gains_over_the_better_alternative_with_an_interval(rng):
    p, positive = cohort(rng, 400)
    low, middle = decision_curve(p, positive, np.arange(400) // 2, thresholds=(0.02, 0.4), rng=rng, draws=400)
    assert low.gain == pytest.approx(low.model - low.everybody)  # at 2 % calling all is worth more than nobody
    assert middle.gain == pytest.approx(middle.model)
    assert middle.interval.low < middle.gain < middle.interval.high
    assert middle.interval.low > 0
    assert middle.patients == 200


def test_few_patients_no_cases_and_a_threshold_that_is_none(rng):
    p, positive = cohort(rng, 9)
    assert np.isnan(decision_curve(p, positive, range(9), thresholds=[0.3], rng=rng, draws=100)[0].interval.low)
    assert np.isnan(net_benefit(np.empty(0), np.empty(0, bool), np.ones((1, 0)), threshold=0.3)[0])
    with pytest.raises(StudyError, match="threshold"):
        net_benefit(p, positive, np.ones((1, 9)), threshold=1.0)
