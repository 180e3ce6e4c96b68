"""Many classes become two: no and yes."""

import math

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.metrics.against_rest import against_rest, of_findings, of_one
from isocenter.metrics.registry import per_cohort

ABC = ("a", "b", "c")


def scores(rows, names=ABC):
    return [Scores(p=np.asarray(row, float), names=names) for row in rows]


def once(values):
    return np.ones((1, len(values)))


def test_the_score_of_one_name_stands_against_the_rest():
    one = against_rest(scores([[0.2, 0.3, 0.5], [math.nan] * 3]), 2)
    assert one[0].p == pytest.approx([0.5, 0.5])
    assert np.isnan(one[1].p).all()
    assert one[0].names == ("no", "yes")


def test_decided_it_is_the_largest_even_below_one_half():
    values = scores([[0.3, 0.4, 0.3]])
    assert [against_rest(values, k, decided=True)[0].p[1] for k in range(3)] == [0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("name", "theirs"), [("f1", f1_score), ("sensitivity", recall_score), ("positive_predictive_value", precision_score)]
)
def test_of_three_classes_it_is_scikit_learns_macro_average(name, theirs, rng):
    label, p = rng.integers(0, 3, 120), rng.dirichlet(np.ones(3), 120)
    truths, answers = scores(np.eye(3)[label]), scores(p)
    value = per_cohort().get(name).function(truths, answers, once(truths))[0]
    assert value == pytest.approx(theirs(label, p.argmax(axis=1), average="macro"))


def test_of_findings_it_is_the_mean_over_those_assessed(rng):
    truth, p = (rng.random((90, 3)) < 0.4).astype(float), rng.random((90, 3))
    truth[:40, 0] = np.nan
    truths, answers = scores(truth), scores(p)
    value = of_findings(per_cohort().get("f1")).function(truths, answers, once(truths))[0]
    each = [f1_score(truth[40:, 0], p[40:, 0] >= 0.5), *(f1_score(truth[:, k], p[:, k] >= 0.5) for k in (1, 2))]
    assert value == pytest.approx(np.mean(each))
    auc = per_cohort().get("multilabel_auc")
    assert of_findings(auc).function(truths, answers, once(truths))[0] == pytest.approx(
        auc.function(truths, answers, once(truths))[0]
    )


def test_micro_f1_counts_all_findings_together(rng):
    truth, p = (rng.random((50, 3)) < 0.3).astype(float), rng.random((50, 3))
    value = per_cohort().get("f1_micro").function(scores(truth), scores(p), np.ones((1, 50)))[0]
    assert value == pytest.approx(f1_score(truth, p >= 0.5, average="micro"))


def test_a_metric_of_the_whole_alone_is_refused_for_one_class():
    with pytest.raises(StudyError, match="quadratic_kappa"):
        of_one(per_cohort().get("quadratic_kappa"), "a")
    assert of_one(per_cohort().get("auc"), "ground glass").name == "auc_ground_glass"


def test_text_has_no_classes():
    with pytest.raises(StudyError, match="fit the target"):
        against_rest(["text"], 0)
