"""The difference of two models in a number of the cohort."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.metrics.registry import per_cohort
from isocenter.metrics.tests_of_difference.clustered_auc import clustered_auc_difference
from isocenter.metrics.tests_of_difference.paired_bootstrap import compare_cohort
from isocenter.metrics.tests_of_difference.paired_delong import paired_delong

from .test_paired_delong import two_models


def two(p):
    return [Scores(p=np.array([1 - x, x]), names=("no", "yes")) for x in np.asarray(p, float)]


def compared(name, truth, first, second, patients, **more):
    return compare_cohort(per_cohort().get(name), truth, first, second, patients, rng=np.random.default_rng(0), **more)


def squeezed(scores):
    return 1 / (1 + np.exp(-scores))


def test_auc_with_one_case_a_patient_is_paired_delongs(rng):
    first, second, positive = two_models(rng, n=80, better=0.4)
    found = compared("auc", two(positive), two(squeezed(first)), two(squeezed(second)), range(80))
    theirs = paired_delong(first, second, positive)
    assert found.test == "paired DeLong"
    assert (found.effect, found.p) == pytest.approx((theirs.effect, theirs.p))


def test_auc_with_several_cases_a_patient_is_the_clustered_bootstrap(rng):
    first, second, positive = two_models(rng, n=90)
    found = compared("auc", two(positive), two(squeezed(first)), two(squeezed(second)), np.arange(90) // 3)
    theirs = clustered_auc_difference(first, second, positive, np.arange(90) // 3, rng=np.random.default_rng(0))
    assert (found.effect, *found.interval.ends, found.p) == pytest.approx((theirs.effect, *theirs.interval.ends, theirs.p))


def test_within_folds_two_models_are_compared_fold_by_fold(rng):
    first, second, positive = two_models(rng, n=80, better=1.0)
    folds = ["a" if i < 40 else "b" for i in range(80)]
    shift = np.where(np.arange(80) < 40, -50.0, 50.0)  # the first model's folds are on scales of their own
    found = compared("auc", two(positive), two(squeezed((first + shift) / 10)), two(squeezed(second)), range(80), folds=folds)
    parts = [paired_delong(first[s], second[s], positive[s]).effect for s in (slice(40), slice(40, 80))]
    assert found.effect == pytest.approx(np.mean(parts))
    assert found.test == "bootstrap over patients"


def test_a_better_f1_is_found_and_two_equal_ones_are_not(rng):
    positive = rng.random(200) < 0.4
    good, bad = (np.where(rng.random(200) < share, positive, ~positive) for share in (0.9, 0.6))
    found = compared("f1", two(positive), two(good), two(bad), np.arange(200) // 2)
    assert found.effect > 0.15
    assert found.interval.low > 0
    assert found.p < 0.01
    same = compared("f1", two(positive), two(good), two(good), np.arange(200) // 2)
    assert same.effect == 0
    assert np.isnan(same.interval.low)
    assert same.p == 1.0


def test_it_holds_its_level():
    """Two equally good models: below 0.05 in about 5 of 100 cohorts, and the interval holds 0 in about 95."""
    rng = np.random.default_rng(5)
    small = held = 0
    for _ in range(120):
        truth = rng.normal(size=40) + np.repeat(rng.normal(size=20), 2)
        one, other = (truth + rng.normal(0, 0.6, 40) for _ in range(2))
        wrap = [[Amount(value=v, unit="mL") for v in values] for values in (truth, one, other)]
        found = compared("icc", *wrap, np.arange(40) // 2, draws=400)
        small += found.p < 0.05
        held += found.interval.low <= 0 <= found.interval.high
    assert small / 120 <= 0.05 + 2 * (0.05 * 0.95 / 120) ** 0.5
    assert held / 120 >= 0.92 - 2 * (0.92 * 0.08 / 120) ** 0.5


def test_cases_one_did_not_answer_do_not_count(rng):
    positive = np.arange(30) % 2 == 0
    first, second = two(rng.random(30)), two(rng.random(30))
    second[0] = Scores(p=np.full(2, np.nan), names=("no", "yes"))
    assert compared("f1", two(positive), first, second, range(30)).cases == 29


def test_few_patients_and_unequal_lengths(rng):
    positive = np.arange(8) % 2 == 0
    found = compared("f1", two(positive), two(positive), two(~positive), range(8))
    assert found.effect == 1.0
    assert np.isnan(found.p)
    with pytest.raises(StudyError, match="two answers and one patient"):
        compared("f1", two(positive), two(positive), two(positive), range(7))
