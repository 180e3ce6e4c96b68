"""What is fitted to labels: folds by patient, honest intervals, curves."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.methods._tabular.answers import fit_answerer, outcomes
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.estimators import folds_of
from isocenter.metrics.incidence import cumulative_incidence
from isocenter.metrics.survival_at import alive_at

VALUE = Target(name="age", type="value", columns=("age",), unit="a")
DEATH = Target(name="death", type="survival", columns=("days", "died"), unit="d")
GRADE = Target(name="grade", type="ordinal", columns=("grade",), classes=("a", "b", "c"))
QUICK = TabularConfig(folds=2, strengths=4, l1_shares=(0.5,))
FOUND = Target(name="found", type="multilabel", columns=("a", "b", "c"), classes=("a", "b", "c"))


def test_a_patient_is_in_one_fold_and_folds_hold_the_same_mixture(rng):
    patients = [f"p{i // 3}" for i in range(60)]
    outcome = np.array([float(i // 3 < 5) for i in range(60)])
    fold = folds_of(patients, outcome, 5, rng)
    for name in set(patients):
        assert len({f for f, p in zip(fold, patients, strict=True) if p == name}) == 1
    assert [outcome[fold == f].sum() for f in range(5)] == [3] * 5


def test_the_interval_holds_95_percent_of_new_cases(rng):
    x = rng.normal(size=(2400, 3))
    y = x[:, 0] * 2 + rng.normal(size=2400)
    answerer = fit_answerer(VALUE, x[:400], y[:400], [str(i) for i in range(400)], TabularConfig(), 0)
    answers = [answerer.answer(row[None]) for row in x[400:]]
    inside = np.mean([a.low <= truth <= a.high for a, truth in zip(answers, y[400:], strict=True)])
    assert 0.92 <= inside <= 0.98


def test_fewer_than_20_cases_give_no_interval(rng):
    x = rng.normal(size=(18, 1))
    answerer = fit_answerer(VALUE, x, x[:, 0], [str(i) for i in range(18)], TabularConfig(), 0)
    assert np.isnan(answerer.answer(x[:1]).low)


def test_an_interval_label_stands_for_its_midpoint():
    share = Target(name="s", type="proportion", columns=("low", "high"))
    labels = [Amount(value=np.nan, unit="1", low=0.1, high=0.3), Amount(value=0.5, unit="1")]
    np.testing.assert_allclose(outcomes(share, labels), [0.2, 0.5])


def test_hazards_of_two_causes_make_the_incidence(rng):
    """Event 0.1 and death 0.3 a day, and a feature that tells nothing: Aalen and Johansen's curve."""
    both = np.stack([rng.exponential(10.0, 400), rng.exponential(1 / 0.3, 400)])
    labels = [Survival(days=np.array([t.min()]), alive=np.array([0.0]), cause=1 + int(t.argmin())) for t in both.T]
    x = rng.normal(size=(400, 1))
    answerer = fit_answerer(DEATH, x, outcomes(DEATH, labels), [str(i) for i in range(400)], QUICK, 0)
    curve = answerer.answer(np.zeros((1, 1)))
    found = cumulative_incidence(both.min(axis=0), both.argmin(axis=0) + 1)
    for day in (2.0, 5.0, 50.0):
        assert 1 - alive_at([curve], day)[0] == pytest.approx(found.at(day), abs=0.02)
    assert answerer.speaks_of == (1, 2)


def test_one_death_of_another_cause_is_enough_to_be_fitted(rng):
    labels = [Survival(days=np.array([d]), alive=np.array([0.0]), cause=1 + (i == 7)) for i, d in enumerate(rng.exponential(9, 40))]
    answerer = fit_answerer(DEATH, rng.normal(size=(40, 1)), outcomes(DEATH, labels), [str(i) for i in range(40)], QUICK, 0)
    assert np.isfinite(answerer.answer(np.zeros((1, 1))).alive).all()


def test_who_has_the_event_sooner_has_the_lower_curve_and_each_cause_its_own_hazard(rng):
    x = rng.normal(size=(200, 2))
    days = rng.exponential(np.exp(-x[:, 0])) * 100
    labels = [Survival(days=np.array([d]), alive=np.array([0.0]), cause=1 + (i % 4 == 0)) for i, d in enumerate(days)]
    y = outcomes(DEATH, labels)
    assert y[:, 1].mean() == 1.25
    answerer = fit_answerer(DEATH, x, y, [str(i) for i in range(200)], TabularConfig(), 0)
    well, ill = (answerer.answer(np.array([[z, 0.0]])) for z in (-1.0, 1.0))
    early = (well.days > 0) & (well.days < np.median(days))  # in the end three of four have it, sooner or later
    assert (well.alive[early] > ill.alive[early]).all()
    assert answerer.parts[0].weights[0, 0] == pytest.approx(1, abs=0.25)


def test_no_event_keeps_the_curve_at_1(rng):
    y = np.column_stack([np.arange(1.0, 11), np.zeros(10)])
    answerer = fit_answerer(DEATH, rng.normal(size=(10, 2)), y, [str(i) for i in range(10)], TabularConfig(), 0)
    np.testing.assert_array_equal(answerer.answer(np.ones((1, 2))).alive, 1)


def test_grades_follow_a_scale(rng):
    x = rng.normal(size=(150, 1))
    y = np.digitize(x[:, 0], [-0.5, 0.5]).astype(float)
    answerer = fit_answerer(GRADE, x, y, [str(i) for i in range(150)], QUICK, 0)
    assert [answerer.answer(np.array([[z]])).best for z in (-2.0, 0.0, 2.0)] == [0, 1, 2]


def test_a_finding_not_assessed_is_nan_and_one_never_present_is_0(rng):
    x = rng.normal(size=(40, 1))
    p = np.column_stack([(x[:, 0] > 0) * 1.0, np.full(40, np.nan), np.zeros(40)])
    labels = [Scores(p=row, names=FOUND.classes) for row in p]
    answerer = fit_answerer(FOUND, x, outcomes(FOUND, labels), [str(i) for i in range(40)], QUICK, 0)
    answer = answerer.answer(np.array([[2.0]]))
    assert answer.p[0] > 0.8
    assert np.isnan(answer.p[1])
    assert answer.p[2] == 0
    assert fit_answerer(FOUND, x, p * np.nan, [str(i) for i in range(40)], QUICK, 0) is None


@pytest.mark.parametrize("estimator", ["elastic_net", "random_forest"])
def test_features_that_tell_nothing_give_about_the_prior(estimator, rng):
    x = rng.normal(size=(100, 20))
    label = Target(name="c", type="class", columns=("c",), classes=("no", "yes"))
    y = (np.arange(100) % 4 == 0) * 1.0
    config = TabularConfig(estimator=estimator, trees=40, leaves=(5, 20))
    answerer = fit_answerer(label, x, y, [str(i) for i in range(100)], config, 0)
    p = [answerer.answer(row[None]).p[1] for row in rng.normal(size=(30, 20))]
    assert np.mean(p) == pytest.approx(0.25, abs=0.08)
    assert max(p) < 0.6
