"""Cohort metrics with the interval PROTOCOLS asks for."""

import math

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.metrics.estimates.cohort import estimate_cohort, estimate_each, is_known
from isocenter.metrics.estimates.delong import delong
from isocenter.metrics.estimates.wilson import wilson
from isocenter.metrics.ranking import auc
from isocenter.metrics.registry import per_cohort


def scores(p, names=("no", "yes")):
    return Scores(p=np.asarray(p, float), names=names)


def two_classes(rng, n):
    positive = np.arange(n) % 2 == 0
    answer = 1 / (1 + np.exp(-(rng.normal(size=n) + 1.5 * positive)))
    return [scores([1 - t, t]) for t in positive], [scores([1 - p, p]) for p in answer], positive, answer


def estimate(name, truths, answers, patients=None, **more):
    people = list(range(len(truths))) if patients is None else patients
    return estimate_cohort(per_cohort().get(name), truths, answers, people, rng=np.random.default_rng(0), **more)


def test_auc_with_one_exam_a_patient_is_delongs(rng):
    truths, answers, positive, answer = two_classes(rng, 40)
    result = estimate("auc", truths, answers)
    assert result.value == pytest.approx(auc(answer, positive))
    assert result.ci95 == pytest.approx(delong(answer, positive).ends)
    assert "DeLong" in result.interval


def test_auc_with_several_exams_a_patient_is_bootstrapped(rng):
    truths, answers, *_ = two_classes(rng, 60)
    result = estimate("auc", truths, answers, patients=[i // 4 for i in range(60)])
    assert "over patients" in result.interval
    assert result.interval.endswith("small n")
    assert (result.patients, result.cases) == (15, 60)


def test_accuracy_with_one_exam_a_patient_is_wilsons(rng):
    truths, answers, positive, answer = two_classes(rng, 40)
    right = int(((answer > 0.5) == positive).sum())
    assert estimate("accuracy", truths, answers).ci95 == wilson(right, 40).ends


@pytest.mark.parametrize("name", ["accuracy", "auc", "balanced_accuracy", "quadratic_kappa"])
@pytest.mark.parametrize("cases", [1, 3])
def test_all_right_has_width_or_no_interval(name, cases):
    positive = np.arange(30 * cases) // cases % 2 == 0
    same = [scores([1 - t, t]) for t in positive]
    result = estimate(name, same, same, patients=np.arange(30 * cases) // cases)
    assert result.value == 1.0
    assert math.isnan(result.ci95[0]) or result.ci95[1] - result.ci95[0] > 0.05


def test_below_ten_patients_there_is_a_value_and_no_interval(rng):
    truths, answers, *_ = two_classes(rng, 36)
    result = estimate("auc", truths, answers, patients=[i % 9 for i in range(36)])
    assert math.isfinite(result.value)
    assert np.isnan(result.ci95).all()


def test_not_assessed_is_excluded_and_counted(rng):
    truths, answers, *_ = two_classes(rng, 30)
    truths[3] = scores([math.nan, math.nan])
    result = estimate("auc", truths, answers)
    assert (result.cases, result.excluded) == (29, 1)


def test_within_folds_auc_is_averaged_not_pooled(rng):
    """Two models on scales of their own: pooled, their ranks would mix."""
    truths, _, positive, answer = two_classes(rng, 80)
    shifted = np.where(np.arange(80) < 40, answer * 0.1, 0.9 + answer * 0.1)
    answers = [scores([1 - p, p]) for p in shifted]
    folds = ["0" if i < 40 else "1" for i in range(80)]
    mean = (auc(answer[:40], positive[:40]) + auc(answer[40:], positive[40:])) / 2
    assert estimate("auc", truths, answers, folds=folds).value == pytest.approx(mean)
    assert estimate("auc", truths, answers).value < mean - 0.05
    assert estimate("auc", truths, answers, folds=[""] * 80).interval.startswith("DeLong")


def test_the_unit_is_the_truths():
    amounts = [Amount(value=float(i), unit="cells") for i in range(12)]
    off = [Amount(value=i + 2.0 * (i % 2), unit="cells") for i in range(12)]
    result = estimate("mean_absolute_error", amounts, off)
    assert (result.value, result.unit) == (1.0, "cells")
    assert result.ci95[0] < 1.0 < result.ci95[1]


def test_no_assessed_case_is_nan():
    result = estimate("auc", [scores([math.nan, math.nan])], [scores([0.4, 0.6])])
    assert math.isnan(result.value)
    assert (result.cases, result.patients, result.excluded) == (0, 0, 1)


def test_one_class_only_is_nan_without_interval():
    same = [scores([0, 1])] * 15
    result = estimate("auc", same, same)
    assert math.isnan(result.value)
    assert np.isnan(result.ci95).all()


def test_what_counts_as_known():
    assert is_known(Amount(value=math.nan, low=1.0, high=2.0, unit="1"))
    assert not is_known(Amount(value=math.nan, unit="1"))
    assert not is_known(Survival(days=np.empty(0), alive=np.empty(0)))
    assert is_known("text")


def test_lengths_must_agree():
    with pytest.raises(StudyError, match="one patient a truth"):
        estimate("auc", [scores([0, 1])], [scores([0, 1])], patients=[])


def agreeing(positives, negatives):
    """Cases of two classes, all answered right."""
    same = [scores([1 - t, t]) for t in [1.0] * positives + [0.0] * negatives]
    return same, list(same)


def low_of(value, patients):
    return wilson(value * patients, patients).low


@pytest.mark.parametrize(("name", "expected"), [("sensitivity", low_of(1, 12)), ("positive_predictive_value", low_of(1, 12))])
@pytest.mark.parametrize("cases", [1, 3])
def test_a_share_that_is_one_counts_the_patients_it_is_made_of(name, expected, cases):
    truths, answers = agreeing(12 * cases, 188 * cases)
    result = estimate(name, truths, answers, patients=[i // cases for i in range(200 * cases)])
    assert result.ci95 == pytest.approx((expected, 1.0))


@pytest.mark.parametrize("cases", [1, 3])
def test_f1_of_one_is_carried_over_from_the_share_of_those_there_or_called(cases):
    truths, answers = agreeing(12 * cases, 188 * cases)
    result = estimate("f1", truths, answers, patients=[i // cases for i in range(200 * cases)])
    share = low_of(1, 12)
    assert result.ci95 == pytest.approx((2 * share / (1 + share), 1.0))
    assert "that count" in result.interval


def test_f1_of_zero_may_be_as_large_as_the_few_that_count_allow():
    truths, _ = agreeing(6, 194)
    answers = [scores([1 - t, t]) for t in [0.0] * 6 + [1.0] * 6 + [0.0] * 188]
    share = wilson(0, 12).high
    assert estimate("f1", truths, answers).ci95 == pytest.approx((0.0, 2 * share / (1 + share)))


def test_micro_f1_counts_patients_of_whom_any_finding_is_there_or_called():
    truths = [scores(p, ("mass", "fluid")) for p in [(1, 0)] * 4 + [(0, 1)] * 8 + [(1, 1)] * 3 + [(0, 0)] * 85]
    share = low_of(1, 15)
    assert estimate("f1_micro", truths, list(truths)).ci95 == pytest.approx((2 * share / (1 + share), 1.0))


@pytest.mark.parametrize("name", ["f1", "sensitivity"])
def test_a_mean_over_findings_does_not_hide_a_rare_one_behind_a_frequent_one(name):
    truths = [scores(p, ("rare", "frequent")) for p in [(1, 0)] * 4 + [(0, 1)] * 60 + [(0, 0)] * 36]
    whole, rare, frequent = estimate_each(per_cohort().get(name), truths, list(truths), list(range(100)), findings=True, seed=0)
    carried = (lambda s: 2 * s / (1 + s)) if name == "f1" else (lambda s: s)
    assert rare.ci95[0] == pytest.approx(carried(low_of(1, 4)))
    assert frequent.ci95[0] == pytest.approx(carried(low_of(1, 60)))
    assert whole.ci95 == pytest.approx(((rare.ci95[0] + frequent.ci95[0]) / 2, 1.0))


@pytest.mark.parametrize("name", ["sensitivity", "balanced_accuracy"])
def test_a_mean_over_classes_does_so_too(name):
    truths = [scores(np.eye(3)[k], ("a", "b", "c")) for k in [0] * 4 + [1] * 30 + [2] * 66]
    result = estimate(name, truths, list(truths))
    assert result.ci95[0] == pytest.approx(np.mean([low_of(1, n) for n in (4, 30, 66)]))
