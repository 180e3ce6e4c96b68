"""From scores to decisions: by hand, on answers of one line."""

import math

import numpy as np
import pytest

from isocenter.core.operate import Operate, Refuse
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.stages.decide import decision_cells, refusal_of, score_of, truth_of, words_of

GRADES = ("none", "mild", "moderate", "severe")
FINDINGS = ("edema", "nodule", "device")
AT_LEAST_MODERATE = Operate(positive=("moderate", "severe"), threshold=0.3)
URGENT = Operate(positive=("edema", "nodule"), threshold=0.5)


def scores(names, *p):
    return Scores(p=np.array(p, float), names=names)


def grade(operate=AT_LEAST_MODERATE):
    return Target(name="grade", type="ordinal", columns=("grade",), classes=GRADES, operate=operate)


def findings():
    return Target(name="findings", type="multilabel", columns=FINDINGS, classes=FINDINGS, operate=URGENT)


def study(**fields):
    quality = Target(name="quality", type="class", columns=("quality",), classes=("gradable", "ungradable"))
    return Study(name="eyes", cases="cases.csv", inputs={"fundus": "image"}, targets=(grade(), quality), **fields)


def test_the_score_of_several_grades_is_the_sum_of_their_probabilities():
    assert score_of(scores(GRADES, 0.5, 0.2, 0.1, 0.2), grade(), AT_LEAST_MODERATE) == pytest.approx(0.3)
    assert math.isnan(score_of(None, grade(), AT_LEAST_MODERATE))
    assert truth_of(scores(GRADES, 0, 0, 0, 1), grade(), AT_LEAST_MODERATE) == 1
    assert truth_of(scores(GRADES, 0, 1, 0, 0), grade(), AT_LEAST_MODERATE) == 0


def test_of_findings_that_may_come_together_the_largest_counts():
    assert score_of(scores(FINDINGS, 0.4, 0.7, 0.9), findings(), URGENT) == 0.7
    assert score_of(scores(FINDINGS, 0.4, math.nan, 0.9), findings(), URGENT) == 0.4


@pytest.mark.parametrize(("p", "truth"), [((1, math.nan, 0), 1), ((0, 0, math.nan), 0), ((0, math.nan, 1), math.nan)])
def test_a_finding_not_looked_for_leaves_the_truth_open_only_where_no_other_settles_it(p, truth):
    assert truth_of(scores(FINDINGS, *p), findings(), URGENT) == pytest.approx(truth, nan_ok=True)


def test_decisions_are_called_by_the_classes_of_two_else_refer_or_what_the_study_says():
    two = Target(name="t", type="class", columns=("t",), classes=("benign", "malignant"))
    assert words_of(two, Operate(positive=("malignant",), youden=True)) == ("malignant", "benign")
    assert words_of(grade(), AT_LEAST_MODERATE) == ("refer", "do not refer")
    assert words_of(grade(), Operate(positive=("severe",), youden=True, words=("laser", "wait"))) == ("laser", "wait")


@pytest.mark.parametrize(("p", "word"), [((0.4, 0.3, 0.1, 0.2), "refer"), ((0.5, 0.3, 0.1, 0.1), "do not refer")])
def test_a_case_at_the_threshold_is_called_and_one_below_is_not(p, word):
    cells = decision_cells(Prediction(case="a", answers={"grade": scores(GRADES, *p)}), study(), {"grade": 0.3})
    assert cells == {"decided_grade": word}


def test_a_poor_image_is_refused_with_the_reason_in_place_of_a_decision():
    asked = study(refuse=Refuse(target="quality", class_="ungradable", above=0.5))
    poor = {"grade": scores(GRADES, 0, 0, 0, 1), "quality": scores(("gradable", "ungradable"), 0.25, 0.75)}
    cells = decision_cells(Prediction(case="a", answers=poor), asked, {"grade": 0.3})
    assert cells == {"decided_grade": "ungradable", "refused": "quality: ungradable with probability 0.75, above 0.5."}
    fair = poor | {"quality": scores(("gradable", "ungradable"), 0.5, 0.5)}
    assert decision_cells(Prediction(case="a", answers=fair), asked, {"grade": 0.3}) == {"decided_grade": "refer"}
    silent = Prediction(case="a", answers={"grade": poor["grade"]})
    assert "not judged" in refusal_of(silent, asked.refuse)


def test_what_the_method_refused_itself_is_not_decided_either():
    cells = decision_cells(Prediction(case="a", answers={}, refused="No image."), study(), {"grade": 0.3})
    assert cells == {"decided_grade": "refused", "refused": "No image."}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"positive": ("severe",)}, "got none"),
        ({"positive": ("severe",), "sensitivity": 0.9, "youden": True}, "got sensitivity, youden"),
        ({"positive": ("severe",), "youden": True, "words": ("refer",)}, "two different words"),
        ({"positive": (), "youden": True}, "at least 1"),
        ({"positive": ("severe",), "sensitivity": 90}, "less than or equal to 1"),
    ],
)
def test_a_rule_that_is_none_is_named(fields, message):
    with pytest.raises(ValueError, match=message):
        Operate(**fields)


@pytest.mark.parametrize(("positive", "message"), [(("sever",), "does not have"), (GRADES, "every class")])
def test_what_is_positive_must_be_some_of_the_classes(positive, message):
    with pytest.raises(ValueError, match=message):
        grade(Operate(positive=positive, youden=True))


def test_only_what_has_scores_is_operated():
    with pytest.raises(ValueError, match="of type count"):
        Target(name="cells", type="count", columns=("cells",), operate=Operate(positive=("cells",), youden=True))


@pytest.mark.parametrize(
    ("target", "name", "message"), [("sharpness", "bad", "quality"), ("quality", "bad", "gradable, ungradable")]
)
def test_refuse_names_a_learned_target_and_a_class_of_it(target, name, message):
    with pytest.raises(ValueError, match=message):
        study(refuse=Refuse(target=target, class_=name))
