"""The input handed on, or the mean target."""

import numpy as np

from isocenter.core.case import Case, CaseList
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.methods.translation.identity_image import METHOD
from isocenter.phantoms.tracer.tracer import tracer

from ..in_memory import fit


def test_the_input_comes_back_untouched_and_unread(tmp_path):
    study, cases = tracer("image")
    prediction = next(fit(METHOD, study, cases, tmp_path).predict(cases, scratch=tmp_path))
    assert prediction.answers["high"] is cases[prediction.case].inputs["low"]


def test_with_other_channels_the_answer_is_the_mean_target(tmp_path):
    study, _ = tracer("image")
    grid = plain_grid((6, 5))
    cases = CaseList(
        [
            Case(
                key=f"c{n}",
                patient=f"c{n}",
                inputs={"low": held_image(np.zeros((1, 6, 5)), grid)},
                labels={"high": held_image(np.stack([np.full((6, 5), n), np.full((6, 5), 2 * n)]), grid)},
                covariates={},
            )
            for n in (1, 3, 2)  # the third only tunes
        ]
    )
    answer = next(fit(METHOD, study, cases, tmp_path).predict(cases, scratch=tmp_path)).answers["high"].array()
    np.testing.assert_allclose(answer, np.stack([np.full((6, 5), 2.0), np.full((6, 5), 4.0)]))


def test_numbers_of_another_unit_are_not_handed_on(tmp_path):
    study, _ = tracer("image")
    grid = plain_grid((6, 5))
    cases = CaseList(
        [
            Case(
                key=f"c{n}",
                patient=f"c{n}",
                inputs={"low": held_image(np.full((1, 6, 5), 9.0), grid)},
                labels={"high": held_image(np.full((1, 6, 5), -100.0 * n), grid, unit="HU")},
                covariates={},
            )
            for n in (1, 3, 2)  # the third only tunes
        ]
    )
    answer = next(fit(METHOD, study, cases, tmp_path).predict(cases, scratch=tmp_path)).answers["high"]
    np.testing.assert_allclose(answer.array(), -200.0)
    assert answer.unit == "HU"


def test_a_case_without_the_input_is_refused(tmp_path):
    study, cases = tracer("image")
    blank = Case(key="blank", patient="b", inputs={}, labels={}, covariates={})
    prediction = next(fit(METHOD, study, cases, tmp_path).predict([blank], scratch=tmp_path))
    assert "expected input low in case blank" in (prediction.refused or "")
