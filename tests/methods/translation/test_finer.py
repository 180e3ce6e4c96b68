"""Answers on finer samples than their input: interpolations, and a network with and without a guiding mask."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Study
from isocenter.imaging.degradation.thick_slices import DEGRADATION
from isocenter.methods.translation import cyclegan, identity_image, linear_interpolation, residual_regression, spline_interpolation
from isocenter.methods.translation._settings import TranslationSettings

from ..in_memory import MemoryJournal, fingerprint_of, fit

TINY = {"patch": [16, 16, 16], "widths": [8, 16], "precision": "float32", "channels_last": False, "batch": 2, "steps": 20}
CLASSES = ("background", "ball")


def study(*, guide=True, **settings):
    targets = [{"name": "clean", "type": "image", "columns": "clean"}]
    if guide:
        targets.append({"name": "ball", "type": "mask", "columns": "ball", "classes": list(CLASSES), "use": "guide"})
    fields = {"name": "finer", "cases": "cases.csv", "inputs": {"thick": "thick"}, "targets": targets}
    return Study.model_validate({**fields, "settings": {**TINY, **settings}})


def ball(n):
    """A ball of known place in 16 × 16 × 32 samples, seen in 8 slices."""
    rng = np.random.default_rng(n)
    x, y, z = np.indices((16, 16, 32)) - 7.5
    inside = np.sqrt(x**2 + y**2 + ((z - 8 - rng.uniform(-4, 4)) / 2) ** 2) < rng.uniform(4, 6)
    grid = plain_grid(inside.shape, spacing=(1.5, 1.5, 1.0), world="ras_mm")
    clean = held_image((100.0 * inside + 20).astype(np.float32)[None], grid)
    thick = DEGRADATION.apply(clean, seed=n, thickness_mm=4.0, profile="box")
    labels = {"clean": clean, "ball": held_mask(inside.astype(np.uint8), grid, CLASSES)}
    return Case(key=f"b{n}", patient=f"b{n}", inputs={"thick": thick}, labels=labels, covariates={})


def balls(count=6):
    return CaseList([ball(n) for n in range(count)])


def seen(asked, cases):
    plain = fingerprint_of(asked, cases)
    said = {"channels": 1, "unit": "1", "dtype": "float32", "low": 20.0, "high": 120.0, "spacing": [1.5, 1.5, 1.0]}
    return {**plain, "targets": {**plain["targets"], "clean": {**plain["targets"].get("clean", {}), **said}}}


@pytest.mark.parametrize("method", [identity_image.METHOD, linear_interpolation.METHOD, spline_interpolation.METHOD])
def test_interpolations_answer_on_the_samples_of_the_truth_and_come_back(method, tmp_path):
    cases, asked = balls(), study()
    asked = asked.model_copy(update={"settings": {}})
    model = fit(method, asked, cases, tmp_path)
    model.save(tmp_path / "m")
    for one in (model, method.load(tmp_path / "m")):
        answer = next(iter(one.predict(cases, scratch=tmp_path))).answers["clean"]
        assert answer.grid.same_as(cases["b0"].labels["clean"].grid)


def test_a_line_through_the_slices_is_found_again_between_their_middles(tmp_path):
    ramp = np.broadcast_to(np.arange(32, dtype=np.float32), (1, 8, 8, 32)).copy()
    clean = held_image(ramp, plain_grid((8, 8, 32), spacing=(1, 1, 1), world="ras_mm"))
    thick = DEGRADATION.apply(clean, seed=0, thickness_mm=4.0, profile="box")
    made = [Case(key=f"r{n}", patient=f"r{n}", inputs={"thick": thick}, labels={"clean": clean}, covariates={}) for n in range(3)]
    cases = CaseList(made)
    answers = {
        name: next(
            iter(
                fit(method, study(guide=False).model_copy(update={"settings": {}}), cases, tmp_path / name).predict(
                    cases, scratch=tmp_path
                )
            )
        ).answers["clean"]
        for name, method in (("linear", linear_interpolation.METHOD), ("identity", identity_image.METHOD))
    }
    np.testing.assert_allclose(answers["linear"].array()[..., 2:30], ramp[..., 2:30], atol=1e-4)
    assert np.unique(answers["identity"].array()).tolist() == [1.5 + 4 * n for n in range(8)]


def test_alike_samples_are_handed_on_unread(tmp_path):
    grid = plain_grid((6, 5), spacing=(1, 1), world="plane_mm")
    picture = held_image(np.random.default_rng(0).normal(size=(1, 6, 5)).astype(np.float32), grid)
    made = [
        Case(key=f"r{n}", patient=f"r{n}", inputs={"thick": picture}, labels={"clean": picture}, covariates={}) for n in range(3)
    ]
    answer = next(
        iter(
            fit(
                spline_interpolation.METHOD, study(guide=False).model_copy(update={"settings": {}}), CaseList(made), tmp_path
            ).predict(made, scratch=tmp_path)
        )
    )
    np.testing.assert_array_equal(answer.answers["clean"].array(), picture.array())


@pytest.mark.parametrize("regularizer", ["none", "shape"])
def test_a_network_answers_on_the_samples_of_the_truth_and_comes_back(regularizer, tmp_path):
    cases, asked = balls(), study(regularizer=regularizer)
    method = residual_regression.METHOD
    plan = method.plan(asked, seen(asked, cases), minutes=0.2, gigabytes=4.0)
    assert (plan["finer"], plan["spacing"]) == (True, (0.0, 0.0, 1.0))
    journal = MemoryJournal(tmp_path)
    model = method.fit(asked, cases.select(list(cases.keys)[:4]), cases.select(list(cases.keys)[4:]), plan, journal)
    model.save(tmp_path / "m")
    truth = cases["b5"].labels["clean"]
    answers = [
        next(iter(one.predict([cases["b5"]], scratch=tmp_path))).answers["clean"] for one in (model, method.load(tmp_path / "m"))
    ]
    np.testing.assert_array_equal(*(answer.array() for answer in answers))
    assert answers[0].grid.same_as(truth.grid)
    logged = {name for _, values in journal.lines for name in values}
    parts = {"masks_loss", "codes_loss", "loss_regularizer"}
    assert logged & parts == (parts if regularizer == "shape" else set())


def test_a_regularizer_without_a_guiding_mask_or_without_pairs_is_refused():
    cases, asked = balls(), study(guide=False, regularizer="shape")
    with pytest.raises(StudyError, match="use: guide"):
        residual_regression.METHOD.plan(asked, seen(asked, cases), minutes=0.2, gigabytes=4.0)
    asked = study(regularizer="shape")
    with pytest.raises(SettingError, match="without pairs"):
        cyclegan.METHOD.plan(asked, seen(asked, cases), minutes=0.2, gigabytes=4.0)


def test_settings_that_cannot_work_are_refused():
    with pytest.raises(SettingError, match="judges masks alone"):
        TranslationSettings(regularizer="adversarial")
    with pytest.raises(SettingError, match="shape"):
        TranslationSettings(regularizer="shap")
    with pytest.raises(SettingError, match="spacing"):
        TranslationSettings(finer=True)
