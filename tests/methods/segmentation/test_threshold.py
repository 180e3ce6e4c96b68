"""The threshold baseline on pictures whose classes intensity tells apart."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import GeometryError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.task import Pair
from isocenter.methods.segmentation.threshold import METHOD
from isocenter.metrics.per_case import dice
from isocenter.phantoms.tracer.tracer import tracer

from ..in_memory import fit


def mean_dice(study, cases, model, tmp_path):
    found = []
    for prediction in model.predict(cases, scratch=tmp_path):
        case, target = cases[prediction.case], study.targets[0]
        pair = Pair(case=case.key, target=target, truth=case.labels[target.name], answer=prediction.answers[target.name])
        found.append(next(m.value for m in dice.METRIC(pair) if m.name == "dice"))
    return np.mean(found)


def test_classes_told_apart_by_intensity_are_found_whole(tmp_path):
    study, cases = tracer("mask")
    assert mean_dice(study, cases, fit(METHOD, study, cases, tmp_path), tmp_path) == 1.0


def test_another_gain_and_offset_change_nothing(tmp_path):
    study, cases = tracer("mask")
    model = fit(METHOD, study, cases, tmp_path)

    def louder(case):
        inputs = {n: held_image(i.array().astype(float) * 37 - 500, i.grid) for n, i in case.inputs.items()}
        return Case(key=case.key, patient=case.patient, inputs=inputs, labels=case.labels, covariates={})

    assert mean_dice(study, CaseList([louder(case) for case in cases]), model, tmp_path) == 1.0


def test_a_missing_view_is_made_up_for_by_the_other(tmp_path):
    study, cases = tracer("mask")
    model = fit(METHOD, study, cases, tmp_path)

    def only(case, view):
        inputs = {n: i for n, i in case.inputs.items() if n == view}
        return Case(key=case.key, patient=case.patient, inputs=inputs, labels=case.labels, covariates={})

    for view in ("plain", "contrast"):
        some = CaseList([only(case, view) for case in cases if view in case.inputs])
        assert mean_dice(study, some, model, tmp_path) == 1.0


def test_a_case_without_an_image_is_refused_by_name_and_the_others_answered(tmp_path):
    study, cases = tracer("mask")
    model = fit(METHOD, study, cases, tmp_path)
    blank = Case(key="blank", patient="b", inputs={}, labels={}, covariates={})
    first, second = model.predict([blank, cases["p00"]], scratch=tmp_path)
    assert "blank" in (first.refused or "")
    assert not first.answers
    assert second.refused is None


def test_probabilities_come_on_request_and_sum_to_one(tmp_path):
    study, cases = tracer("mask")
    study = study.model_copy(update={"settings": {"keep_probability": True}})
    prediction = next(fit(METHOD, study, cases, tmp_path).predict(cases, scratch=tmp_path))
    p = prediction.extras["parts:probability"].array()
    assert p.shape == (3, 24, 20)
    np.testing.assert_allclose(p.sum(axis=0), 1, atol=1e-5)


def test_only_the_slice_is_learned_from(tmp_path):
    """In the slice the label speaks of, bright is body; in all others dark is, and they are more."""
    study, _ = tracer("mask")
    target = study.targets[0].model_copy(update={"classes": ("background", "body"), "raters": (), "scope": "slice:level"})
    study = study.model_copy(update={"targets": (target,), "inputs": {"plain": "plain"}})
    grid = plain_grid((8, 8, 5), world="ras_mm")
    rng = np.random.default_rng(0)
    cases = []
    for n in range(6):
        image = rng.integers(0, 2, grid.shape)
        truth = 1 - image
        truth[..., n % 5] = image[..., n % 5]
        cases.append(
            Case(
                key=f"c{n}",
                patient=f"c{n}",
                inputs={"plain": held_image(image[None] * 100.0, grid)},
                labels={"parts": held_mask(truth.astype(np.uint8), grid, target.classes)},
                covariates={"level": float(n % 5)},
            )
        )
    table = CaseList(cases)
    prediction = next(fit(METHOD, study, table, tmp_path).predict(table, scratch=tmp_path))
    answer = prediction.answers["parts"].labels.array()[0]
    np.testing.assert_array_equal(answer, cases[0].inputs["plain"].array()[0] > 50)


def test_a_slice_that_is_not_there_is_refused(tmp_path):
    study, cases = tracer("mask")
    target = study.targets[0].model_copy(update={"scope": "slice:age"})
    with pytest.raises(GeometryError, match="expected a slice from 0 to 19 in column age of case p00"):
        fit(METHOD, study.model_copy(update={"targets": (target,)}), cases, tmp_path)


def test_only_the_region_is_learned_from(tmp_path):
    """Outside the region the labels say the opposite; a threshold learned everywhere would be wrong inside."""
    study, _ = tracer("mask")
    target = study.targets[0].model_copy(update={"classes": ("background", "body"), "raters": ()})
    study = study.model_copy(update={"targets": (target,), "inputs": {"plain": "plain"}})
    grid = plain_grid((20, 20))
    rng = np.random.default_rng(0)
    cases = []
    for n in range(6):
        image = rng.integers(0, 2, grid.shape)
        truth = image.copy()
        truth[:, 4:] = 1 - truth[:, 4:]  # the larger part
        view = np.zeros(grid.shape, np.uint8)
        view[:, :4] = 1
        cases.append(
            Case(
                key=f"c{n}",
                patient=f"c{n}",
                inputs={"plain": held_image(image[None] * 100.0, grid)},
                labels={"parts": held_mask(truth, grid, target.classes)},
                covariates={},
                regions={"view": held_mask(view, grid, ("outside", "inside"))},
            )
        )
    table = CaseList(cases)
    prediction = next(fit(METHOD, study, table, tmp_path).predict(table, scratch=tmp_path))
    answer = prediction.answers["parts"].labels.array()[0]
    np.testing.assert_array_equal(answer, cases[0].inputs["plain"].array()[0] > 50)
