"""Slopes: planted ones come back; the same as ordinary least squares and as the correlation of two numbers."""

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.metrics.association import associate, complete, design_of, weighted_slopes


def planted(n=400, seed=0):
    rng = np.random.default_rng(seed)
    age, sex = rng.normal(60, 10, n), rng.integers(0, 2, n)
    rows = [{"age": float(a), "sex": "m" if s else "f"} for a, s in zip(age, sex, strict=True)]
    outcome = 3.0 * (age - 60) / 10 + rng.normal(0, 4.0, n)
    return outcome, rows, [f"p{i // 2}" for i in range(n)]


def test_a_planted_slope_comes_back_and_a_covariate_without_one_is_near_0():
    outcome, rows, people = planted()
    age, sex = associate(outcome, design_of(rows, ["age", "sex"]), people)
    assert (age.name, sex.name) == ("age", "sex=m")
    assert age.ci95[0] < 3 / 5 < age.ci95[1]  # 3 of a standard deviation of sqrt(9 + 16)
    assert sex.ci95[0] < 0 < sex.ci95[1]
    assert age.p < 1e-6 < sex.p
    assert (age.patients, age.cases) == (200, 400)


def test_with_one_covariate_the_slope_is_the_correlation():
    outcome, rows, people = planted()
    design = design_of(rows, ["age"])
    (slope,) = associate(outcome, design, people)
    assert slope.value == pytest.approx(np.corrcoef(outcome, design["age"])[0, 1])


def test_slopes_of_equal_weights_are_those_of_least_squares():
    outcome, rows, people = planted()
    design = design_of(rows, ["age", "sex"])
    y, x, _ = complete(outcome, design, people)
    found = weighted_slopes(y, x, np.ones((2, len(y))))
    assert found[0] == pytest.approx([s.value for s in associate(outcome, design, people)])


def test_a_weight_of_two_is_the_case_twice():
    outcome, rows, people = planted(60)
    y, x, _ = complete(outcome, design_of(rows, ["age", "sex"]), people)
    weights = np.ones((1, 60))
    weights[0, :10] = 2
    twice = weighted_slopes(np.r_[y, y[:10]], np.r_[x, x[:10]], np.ones((1, 70)))
    assert weighted_slopes(y, x, weights) == pytest.approx(twice)


def test_what_is_missing_leaves_the_case_out():
    outcome, rows, people = planted(100)
    outcome[0] = np.nan
    del rows[1]["age"]
    assert associate(outcome, design_of(rows, ["age"]), people)[0].cases == 98


def test_too_few_patients_or_a_covariate_twice_are_refused():
    outcome, rows, people = planted(100)
    with pytest.raises(StudyError, match="got 3"):
        associate(outcome[:6], design_of(rows[:6], ["age"]), people[:6])
    design = design_of(rows, ["age"])
    with pytest.raises(StudyError, match="follows from the others"):
        associate(outcome, {**design, "years": 2 * design["age"]}, people)


def test_a_covariate_that_does_not_vary_is_left_out():
    assert design_of([{"site": "a", "age": 1.0}, {"site": "a", "age": 2.0}], ["site", "age"]).keys() == {"age"}
    assert np.isnan(weighted_slopes(np.arange(4.0), np.ones((4, 1)), np.ones((1, 4)))).all()
