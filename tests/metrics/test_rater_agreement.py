"""Agreement among raters equals statsmodels' and scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as their_fleiss

from isocenter.core.errors import StudyError
from isocenter.metrics.intraclass import intraclass_correlation
from isocenter.metrics.rater_agreement import agreement_of_all, agreement_of_amounts, agreement_of_classes, fleiss_kappa


def graded(rng, n, raters=3, classes=4, right=0.7):
    truth = rng.integers(0, classes, n)
    return np.stack([np.where(rng.random(n) < right, truth, rng.integers(0, classes, n)) for _ in range(raters)], axis=1)


def test_fleiss_kappa_equals_statsmodels_with_weights(rng):
    ratings = graded(rng, 80)
    weights = rng.integers(0, 3, (4, 80))
    ours = fleiss_kappa(ratings, 4, weights)
    for row, w in enumerate(weights):
        counts, _ = aggregate_raters(np.repeat(ratings, w, axis=0), n_cat=4)
        assert ours[row] == pytest.approx(their_fleiss(counts))


def test_four_cases_of_three_raters_by_hand():
    """Agreeing pairs 3/3, 1/3, 1/3, 3/3: 2/3 seen. Classes half and half: 1/2 by chance. (2/3 - 1/2) / (1/2) = 1/3."""
    ratings = np.array([[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]])
    assert fleiss_kappa(ratings, 2, np.ones((1, 4)))[0] == pytest.approx(1 / 3)


def test_a_rating_that_is_missing_leaves_the_others(rng):
    ratings = graded(rng, 60)
    once = fleiss_kappa(ratings, 4, np.ones((1, 60)))[0]
    alone = np.full((5, 3), -1)
    alone[:, 0] = 2  # nobody to agree with
    assert fleiss_kappa(np.concatenate([ratings, alone]), 4, np.ones((1, 65)))[0] == pytest.approx(once)
    assert np.isnan(fleiss_kappa(np.zeros((5, 3), int), 2, np.ones((1, 5)))[0])


@pytest.mark.parametrize(("weighting", "theirs"), [("none", None), ("linear", "linear"), ("quadratic", "quadratic")])
def test_every_two_raters_have_cohens_kappa(weighting, theirs, rng):
    ratings = graded(rng, 60)
    ratings[:10, 2] = -1
    rows = agreement_of_classes(ratings, ("a", "b", "c"), 4, range(60), rng=rng, weighting=weighting, draws=300)
    assert [(r.first, r.second, r.cases) for r in rows] == [("a", "b", 60), ("a", "c", 50), ("b", "c", 50)]
    for row, (i, j) in zip(rows, ((0, 1), (0, 2), (1, 2)), strict=True):
        both = (ratings[:, i] >= 0) & (ratings[:, j] >= 0)
        assert row.value == pytest.approx(cohen_kappa_score(ratings[both, i], ratings[both, j], weights=theirs))
        assert row.interval.low < row.value < row.interval.high


def test_the_interval_of_kappa_is_near_statsmodels_large_sample_one(rng):
    ratings = graded(rng, 400, raters=2)
    (row,) = agreement_of_classes(ratings, ("a", "b"), 4, range(400), rng=rng, draws=1000)
    counts = np.zeros((4, 4))
    np.add.at(counts, (ratings[:, 0], ratings[:, 1]), 1)
    theirs = cohens_kappa(counts)
    assert row.interval.ends == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=0.015)


def test_numbers_have_an_icc_and_all_raters_one_kappa(rng):
    amounts = rng.normal(0, 2, (40, 1)) + rng.normal(0, 1, (40, 3))
    amounts[3, 1] = np.nan
    rows = agreement_of_amounts(amounts, ("a", "b", "c"), np.arange(40) // 2, rng=rng, draws=300)
    assert rows[0].value == pytest.approx(intraclass_correlation(np.delete(amounts[:, :2], 3, axis=0), "ICC(A,1)"))
    assert (rows[0].cases, rows[0].patients) == (39, 20)
    every = agreement_of_all(graded(rng, 40), 4, range(40), rng=rng, draws=300)
    assert every.interval.low < every.value < every.interval.high


def test_few_patients_raters_who_never_differ_and_a_name_too_few(rng):
    assert math.isnan(agreement_of_all(graded(rng, 9), 4, range(9), rng=rng).interval.low)
    same = np.repeat(rng.integers(0, 3, (30, 1)), 2, axis=1)
    (row,) = agreement_of_classes(same, ("a", "b"), 3, range(30), rng=rng, draws=200)
    assert (row.value, row.interval.kind) == (1.0, "none: the raters never differ")
    with pytest.raises(StudyError, match="column for each"):
        agreement_of_classes(same, ("a",), 3, range(30), rng=rng)
