"""The median grade."""

import numpy as np
import pytest

from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.methods.grading.median_grade import METHOD

TARGET = Target(name="grade", type="ordinal", columns=("grade",), classes=("a", "b", "c", "d"))


def grades(*indices):
    return [Scores(p=np.eye(4)[i], names=TARGET.classes) for i in indices]


@pytest.mark.parametrize(("seen", "median"), [((0, 0, 3), 0), ((0, 1, 2, 3), 1), ((3, 3, 3), 3), ((0, 3), 0)])
def test_the_answer_is_the_lower_median(seen, median):
    assert METHOD.answer(TARGET, grades(*seen)).best == median


def test_no_other_grade_errs_by_fewer(rng):
    seen = rng.integers(0, 4, 31)
    errors = [np.abs(seen - g).sum() for g in range(4)]
    assert errors[METHOD.answer(TARGET, grades(*seen)).best] == min(errors)


def test_what_was_not_assessed_does_not_count():
    unknown = Scores(p=np.full(4, np.nan), names=TARGET.classes)
    assert METHOD.answer(TARGET, [unknown, *grades(2)]).best == 2
    assert METHOD.answer(TARGET, [unknown]) is None
