"""A threshold is chosen on tuning cases and judged on others."""

import numpy as np
import pytest
from sklearn.metrics import roc_curve

from isocenter.core.errors import StudyError
from isocenter.metrics.estimates.wilson import wilson
from isocenter.metrics.operating_point import choose_threshold, judge_threshold

TEN = np.arange(10) / 10
"""Scores 0 to 0.9; positive: 0.3, 0.5, 0.7, 0.8, 0.9."""
POSITIVE = np.isin(np.arange(10), [3, 5, 7, 8, 9])


def scored(rng, n):
    positive = rng.random(n) < 0.4
    return rng.normal(size=n) + 1.5 * positive, positive


def test_ten_cases_by_hand():
    for stated, threshold in ((0.6, 0.65), (0.8, 0.45), (0.81, 0.25), (1.0, 0.25)):
        point = choose_threshold(TEN, POSITIVE, rule="sensitivity", stated=stated)
        assert point.threshold == pytest.approx(threshold)
        assert point.sensitivity >= stated
    point = choose_threshold(TEN, POSITIVE, rule="specificity", stated=0.8)
    assert point.threshold == pytest.approx(0.45)
    assert (point.specificity, point.sensitivity) == pytest.approx((0.8, 0.8))


@pytest.mark.parametrize("stated", [0.5, 0.8, 0.95, 1.0])
def test_no_higher_threshold_would_reach_the_stated_sensitivity(stated, rng):
    scores, positive = scored(rng, 300)
    point = choose_threshold(scores, positive, stated=stated)
    fpr, tpr, _ = roc_curve(positive, scores, drop_intermediate=False)
    assert 1 - point.specificity == pytest.approx(fpr[tpr >= stated - 1e-12].min())


def test_youdens_is_the_top_of_scikit_learns_curve(rng):
    scores, positive = scored(rng, 300)
    point = choose_threshold(scores, positive, rule="youden")
    fpr, tpr, _ = roc_curve(positive, scores)
    assert point.sensitivity + point.specificity - 1 == pytest.approx((tpr - fpr).max())
    assert np.isnan(point.stated)


def test_on_the_tuning_cases_it_does_what_it_says(rng):
    scores, positive = scored(rng, 200)
    point = choose_threshold(scores, positive, rule="specificity", stated=0.9)
    found = {e.name: e for e in judge_threshold(scores, positive, range(200), threshold=point.threshold)}
    assert found["sensitivity"].value == pytest.approx(point.sensitivity)
    assert found["specificity"].value == pytest.approx(point.specificity)


def test_on_others_it_is_judged_with_wilsons_interval_or_clustered(rng):
    scores, positive = scored(rng, 120)
    single = {e.name: e for e in judge_threshold(scores, positive, range(120), threshold=0.5)}
    right = int((scores[positive] >= 0.5).sum())
    assert single["sensitivity"].ci95 == wilson(right, int(positive.sum())).ends
    assert single["sensitivity"].cases + single["specificity"].cases == 120
    several = {e.name: e for e in judge_threshold(scores, positive, np.arange(120) // 4, threshold=0.5)}
    assert several["positive_predictive_value"].interval.startswith("Wilson, clustered")
    assert several["specificity"].value == single["specificity"].value


def test_what_was_not_answered_is_excluded_and_few_patients_claim_nothing(rng):
    scores, positive = scored(rng, 40)
    scores[:5] = np.nan
    found = judge_threshold(scores, positive, np.arange(40) % 8, threshold=0.5)
    assert {e.excluded for e in found} == {5}
    assert np.isnan(found[0].ci95).all()
    assert np.isfinite(found[0].value)


@pytest.mark.parametrize(("rule", "stated"), [("f1", 0.9), ("sensitivity", 0.0), ("specificity", 1.1)])
def test_a_wish_that_makes_no_sense_is_refused(rule, stated):
    with pytest.raises(StudyError, match="expected"):
        choose_threshold(TEN, POSITIVE, rule=rule, stated=stated)


def test_one_class_gives_no_threshold():
    with pytest.raises(StudyError, match="one kind only"):
        choose_threshold(TEN, np.ones(10, bool))
