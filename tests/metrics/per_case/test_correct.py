"""Classes, grades and findings of a case: correct, and Brier's score."""

import math

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.brier import METRIC as BRIER
from isocenter.metrics.per_case.correct import METRIC

NAMES = ("a", "b", "c")


def both(truth, answer, kind="class", names=NAMES):
    target = Target(name="t", type=kind, columns=("t",), classes=names)
    truth, answer = (Scores(p=np.asarray(p, float), names=names) for p in (truth, answer))
    pair = Pair(case="x", target=target, truth=truth, answer=answer)
    return METRIC(pair)[0].value, BRIER(pair)[0].value


def test_a_class_is_right_or_wrong_and_brier_sums_over_classes():
    assert both([0, 1, 0], [0.2, 0.5, 0.3]) == pytest.approx((1.0, 0.04 + 0.25 + 0.09))
    assert both([0, 1, 0], [0.6, 0.3, 0.1])[0] == 0.0


def test_two_classes_have_briers_score_of_one_probability():
    assert both([0, 1], [0.3, 0.7], names=("no", "yes"))[1] == pytest.approx(0.09)


def test_findings_are_judged_one_by_one_where_assessed():
    assert both([1, 0, math.nan], [0.8, 0.6, 0.1], kind="multilabel") == pytest.approx((0.5, (0.04 + 0.36) / 2))


def test_not_assessed_is_nan():
    assert all(math.isnan(v) for v in both([math.nan] * 3, [0.2, 0.5, 0.3]))


def test_other_classes_are_refused():
    target = Target(name="t", type="class", columns=("t",), classes=NAMES)
    truth, other = Scores(p=np.eye(3)[0], names=NAMES), Scores(p=np.eye(3)[0], names=("x", "y", "z"))
    for metric in (METRIC, BRIER):
        with pytest.raises(StudyError, match="a, b, c"):
            metric(Pair(case="k", target=target, truth=truth, answer=other))
