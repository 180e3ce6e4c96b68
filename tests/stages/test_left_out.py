"""A label of a region or a slice is not answered for a case that does not tell which; everything else is."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.mask import held_mask
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study
from isocenter.stages.left_out import left_out, notices, without

GRID = plain_grid((4, 4))


def study(*targets):
    return Study.model_validate({"name": "s", "cases": "cases.csv", "inputs": {"x": "image"}, "targets": targets})


def target(name, **changes):
    return {"name": name, "type": "count", "columns": name, **changes}


def case(key="a", *, patient=None, region=False, level=None):
    regions = {"lung": held_mask(np.ones((4, 4), np.uint8), GRID, ("out", "in"))} if region else {}
    covariates = {} if level is None else {"level": level}
    return Case(key=key, patient=patient or key, inputs={}, labels={}, covariates=covariates, regions=regions)


def test_what_speaks_of_the_whole_exam_is_still_answered():
    asked = study(target("whole"), target("part", scope="region:lung"), target("cut", scope="slice:level"))
    left = left_out(asked, [case("a"), case("b", region=True, level=2.0)])
    assert list(left["a"]) == ["part", "cut"]
    assert left["b"] == {}
    said = Prediction(case="a", answers={name: Amount(value=1.0, unit="1") for name in ("whole", "part", "cut")})
    (kept,) = without([said], left)
    assert list(kept.answers) == ["whole"]
    assert notices(left)[0] == (
        "left out in 1 of 2 cases: part: expected a mask of the region in column lung, which its label speaks of, got none."
    )


def test_nothing_left_to_answer_is_an_error_that_names_the_columns():
    with pytest.raises(StudyError, match=r"part: expected a mask of the region in column lung.*with the columns image, lung\."):
        left_out(study(target("part", scope="region:lung")), [case()])


def test_a_mask_that_was_assessed_in_a_region_is_drawn_everywhere():
    vessels = {"name": "v", "type": "mask", "columns": "v", "classes": ["background", "vessel"], "scope": "region:lung"}
    assert left_out(study(vessels), [case()]) == {"a": {}}


def test_a_scored_target_of_the_whole_is_answered_from_one_of_a_slice():
    both = study(target("cut", scope="slice:level"), target("all", use="score"))
    assert list(left_out(both, [case()])["a"]) == ["cut"]


def test_rows_of_a_patient_are_left_out_together():
    asked = study(target("whole"), target("part", scope="region:lung", per="patient"))
    left = left_out(asked, [case("a", patient="p", region=True), case("b", patient="p"), case("c", region=True)])
    assert [list(left[key]) for key in "abc"] == [["part"], ["part"], []]
