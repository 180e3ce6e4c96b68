"""Conformal intervals hold the truth as often as promised, for new patients and in every group."""

import math

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.metrics.conformal import clustered_quantile, fit_conformal, with_interval


def cohort(rng, patients, *, most=5):
    """Skewed errors whose size is a patient's own, and twice as large on the second scanner."""
    cases = rng.integers(1, most + 1, patients)
    owner = np.repeat(np.arange(patients), cases)
    scanner = rng.integers(0, 2, patients)[owner]
    size = np.exp(rng.normal(0, 0.5, patients))[owner]
    return (1 + scanner) * size * rng.standard_t(4, owner.size), owner, np.where(scanner == 1, "b", "a")


def held(tuning, runs=250, *, patients=60, groups=False, every=False):
    """Return the share of new patients' cases inside, over many tuning cohorts: of all, and of each scanner."""
    rng = np.random.default_rng(tuning)
    inside = {"all": [], "a": [], "b": []}
    for _ in range(runs):
        error, owner, scanner = cohort(rng, patients)
        fitted = fit_conformal(error, owner, groups=scanner if groups else None, every=every)
        new, who, where = cohort(rng, 40)
        half = np.array([fitted.half_width(group=g if groups else None) for g in where])
        hit = np.abs(new) <= half
        if every:
            hit = np.array([hit[who == p].all() for p in np.unique(who)])
            inside["all"].append(hit.mean())
            continue
        share = 1 / np.bincount(who)[who]  # a case drawn from a patient drawn at random
        inside["all"].append((hit * share).sum() / share.sum())
        for g in ("a", "b"):
            inside[g].append((hit * share)[where == g].sum() / share[where == g].sum())
    return {name: float(np.mean(values)) for name, values in inside.items() if values}


def test_one_case_a_patient_it_is_the_order_statistic(rng):
    scores = rng.random(29)
    assert clustered_quantile(scores, range(29)) == np.sort(scores)[math.ceil(30 * 0.9) - 1]
    assert clustered_quantile(scores[:8], range(8)) == math.inf  # nine are needed for 90 %
    assert clustered_quantile(scores[:9], range(9)) == scores[:9].max()


def test_a_patient_with_many_cases_weighs_as_one():
    scores = np.concatenate([np.arange(1.0, 20.0), np.full(500, 100.0)])
    patients = np.concatenate([np.arange(19), np.full(500, 19)])
    assert clustered_quantile(scores, patients) == 19.0
    assert clustered_quantile(scores, np.arange(scores.size)) == 100.0


@pytest.mark.parametrize("patients", [20, 60])
def test_new_patients_are_covered_as_promised(patients):
    """90 +- 3 %; with 20 tuning patients the promise is between 90 and 90 + 1/21."""
    share = held(1, patients=patients)["all"]
    assert 0.87 <= share <= 0.93 + (1 / 21 if patients == 20 else 0)


def test_each_scanner_is_covered_when_it_has_a_quantile_of_its_own():
    apart, together = held(2, patients=100, groups=True), held(2, patients=100)
    assert all(abs(apart[g] - 0.9) <= 0.03 for g in ("all", "a", "b"))
    assert together["b"] < 0.87  # which one quantile for both does not give


def test_all_cases_of_a_patient_are_covered_together():
    assert 0.87 <= held(3, every=True)["all"] <= 0.93


def test_a_scale_makes_easy_cases_narrow(rng):
    size = rng.uniform(0.5, 5.0, 2000)
    error = size * rng.normal(size=2000)
    fitted = fit_conformal(error, range(2000), scale=size)
    assert fitted.quantile == pytest.approx(1.645, abs=0.1)
    assert fitted.half_width(scale=0.5) < fitted.half_width(scale=5.0)
    new = size * rng.normal(size=2000)
    for part in (size < 1.5, size > 3.5):
        assert np.mean(np.abs(new[part]) <= fitted.quantile * size[part]) == pytest.approx(0.9, abs=0.04)


def test_a_group_too_small_to_promise_uses_the_quantile_of_all(rng):
    groups = np.array(["a"] * 50 + ["b"] * 8)
    fitted = fit_conformal(rng.normal(size=58), range(58), groups=groups)
    assert set(fitted.groups) == {"a"}
    assert fitted.half_width(group="b") == fitted.half_width() == fitted.quantile


def test_the_interval_of_a_proportion_ends_at_0_and_1():
    fitted = fit_conformal(np.linspace(0, 0.4, 50), range(50))
    made = with_interval(Amount(value=0.1, unit="1"), fitted, lowest=0.0, highest=1.0)
    assert (made.value, made.low) == (0.1, 0.0)
    assert made.high == pytest.approx(0.1 + fitted.quantile)
    none = with_interval(Amount(value=3.0, unit="1"), fit_conformal([], []), lowest=0.0)
    assert (none.low, none.high) == (0.0, math.inf)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(StudyError, match="above 0"):
        fit_conformal([1.0], ["a"], scale=[0.0])
    with pytest.raises(StudyError, match="between 0 and 1"):
        fit_conformal([1.0], ["a"], coverage=90.0)
    with pytest.raises(StudyError, match="a patient, a scale and a group"):
        fit_conformal([1.0], ["a", "b"])
