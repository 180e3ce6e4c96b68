"""The temperature is found, and mends calibration without moving a rank."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, softmax

from isocenter.core.errors import StudyError
from isocenter.metrics.calibration import calibration_slope, expected_calibration_error
from isocenter.metrics.ranking import auc
from isocenter.metrics.temperature import class_probability, class_temperature, finding_probability, finding_temperature


def drawn(p, rng):
    return (p.cumsum(axis=1) > rng.random((len(p), 1))).argmax(axis=1)


@pytest.mark.parametrize("planted", [0.5, 1.0, 3.0])
def test_a_planted_temperature_is_found(planted, rng):
    logits = rng.normal(0, 2, (20_000, 4))
    label = drawn(softmax(logits, axis=1), rng)
    assert class_temperature(logits * planted, label) == pytest.approx(planted, rel=0.05)


def test_for_one_finding_it_is_the_inverse_slope_of_a_logistic_regression_without_level(rng):
    logits = rng.normal(0, 2, 500)
    positive = (rng.random(500) < expit(0.4 * logits)).astype(float)
    slope = sm.Logit(positive, logits[:, None]).fit(disp=0, tol=1e-12).params[0]
    assert finding_temperature(logits, positive) == pytest.approx(1 / slope, rel=1e-4)


def test_it_mends_calibration_and_moves_no_rank(rng):
    logits = rng.normal(0, 2, (8000, 1))
    positive = rng.random(8000) < expit(logits[:, 0] / 2.5)
    tuned, tested = slice(4000), slice(4000, 8000)
    t = finding_temperature(logits[tuned], positive[tuned, None].astype(float))
    before, after = (finding_probability(logits[tested, 0], x) for x in (1.0, t))
    once = np.ones((1, 4000))
    assert expected_calibration_error(before, positive[tested], once)[0] > 0.1
    assert expected_calibration_error(after, positive[tested], once)[0] < 0.03
    assert calibration_slope(after, positive[tested], once)[0] == pytest.approx(1.0, abs=0.1)
    assert auc(after, positive[tested]) == auc(before, positive[tested])


def test_what_was_not_assessed_does_not_count(rng):
    logits, label = rng.normal(0, 2, (300, 3)), rng.integers(0, 3, 300)
    more = np.concatenate([logits, 50 * np.ones((5, 3))])
    assert class_temperature(more, np.append(label, [-1] * 5)) == pytest.approx(class_temperature(logits, label))
    positive = np.where(rng.random((300, 3)) < 0.2, np.nan, rng.integers(0, 2, (300, 3)))
    moved = np.where(np.isnan(positive), 99.0, logits)
    assert finding_temperature(moved, positive) == pytest.approx(finding_temperature(logits, positive))


def test_it_stays_within_bounds_and_sums_to_one(rng):
    separated = np.array([[9.0, 0.0], [0.0, 9.0]])
    assert 0.05 <= class_temperature(separated, np.array([0, 1])) < 0.3  # below that no digit of the loss moves
    assert class_probability(rng.normal(size=(4, 3)), 2.0).sum(axis=1) == pytest.approx(1.0)


def test_no_validation_case_is_refused():
    with pytest.raises(StudyError, match="tuning"):
        class_temperature(np.zeros((2, 2)), np.array([-1, -1]))
