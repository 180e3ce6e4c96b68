"""Blobs drawn at known places are found, bright or dark, small or large; nothing is found where nobody asked."""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.core.case import Case, CaseList
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.points import Points
from isocenter.core.study import Study
from isocenter.methods.registry import TASKS
from isocenter.methods.shared.blob_filter import method
from isocenter.metrics.froc import candidates, sensitivity_at
from isocenter.metrics.per_cohort import mean_average_precision

from ..in_memory import fit

METHOD = method(TASKS.get("localization"))
SHAPE, SPACING = (32, 28, 10), (1.0, 1.0, 2.0)


def blob_cases(rng, *, sign=1.0, sigma=1.5, n=12, gain=1.0):
    grid = Grid(shape=SHAPE, affine=as_affine(np.diag([*SPACING, 1.0])), world="ras_mm")
    region = np.zeros(SHAPE, np.uint8)
    region[:, : SHAPE[1] // 2] = 1
    cases = []
    for number in range(n):
        samples, places = rng.normal(0, 0.02, SHAPE), []
        for half in (0, 1):  # one where the label speaks, one beside it
            at = [int(rng.integers(4, SHAPE[0] - 4)), int(rng.integers(4, 10)) + half * 14, int(rng.integers(3, 7))]
            spot = np.zeros(SHAPE)
            spot[tuple(at)] = 1.0
            samples += sign * 40 * gaussian_filter(spot, [sigma / s for s in SPACING])
            if not half:
                places.append(at)
        truth = Points(world=grid.to_world(np.array(places)), kind=np.zeros(1, np.intp), score=np.full(1, np.nan), names=("spot",))
        image = held_image((gain * samples[None]).astype(np.float32), grid)
        where = held_mask(region, grid, ("outside", "inside"))
        cases.append(
            Case(
                key=f"c{number}",
                patient=f"p{number}",
                inputs={"t2": image},
                labels={"dots": truth},
                covariates={},
                regions={"half": where},
            )
        )
    return CaseList(cases)


def study_of():
    target = {"name": "dots", "type": "points", "columns": "dots", "classes": ["spot"], "scope": "region:half"}
    return Study.model_validate({"name": "b", "cases": Path("cases.csv"), "inputs": {"t2": "t2"}, "targets": [target]})


@pytest.mark.parametrize(("sign", "sigma"), [(1.0, 1.5), (-1.0, 1.5), (1.0, 3.0)])
def test_blobs_are_found_bright_or_dark_small_or_large(rng, tmp_path, sign, sigma):
    model = fit(METHOD, study_of(), blob_cases(rng, sign=sign, sigma=sigma), tmp_path)
    assert model.blobs["dots"].bright == (sign > 0)
    fresh = blob_cases(np.random.default_rng(5), sign=sign, sigma=sigma)
    answers = [p.answers["dots"] for p in model.predict(fresh, scratch=tmp_path)]
    judged = candidates([case.labels["dots"] for case in fresh], answers, radius=3.0)
    assert sensitivity_at(0.5, judged, np.ones((1, len(fresh))))[0] == 1.0


def test_nothing_is_found_outside_of_the_region(rng, tmp_path):
    model = fit(METHOD, study_of(), blob_cases(rng), tmp_path)
    for prediction in model.predict(blob_cases(np.random.default_rng(6)), scratch=tmp_path):
        assert (prediction.answers["dots"].world[:, 1] < SHAPE[1] / 2).all()


def test_the_gain_of_a_scanner_changes_nothing(rng, tmp_path):
    model = fit(METHOD, study_of(), blob_cases(rng), tmp_path)
    plain, loud = (blob_cases(np.random.default_rng(7), gain=gain, n=3) for gain in (1.0, 50.0))
    for one, two in zip(model.predict(plain, scratch=tmp_path), model.predict(loud, scratch=tmp_path), strict=True):
        np.testing.assert_allclose(one.answers["dots"].score, two.answers["dots"].score, atol=1e-4)
        np.testing.assert_allclose(one.answers["dots"].world, two.answers["dots"].world, atol=1e-9)


def test_a_score_of_one_half_parts_hits_from_false_alarms(rng, tmp_path):
    model = fit(METHOD, study_of(), blob_cases(rng), tmp_path)
    for case, prediction in zip(fresh := blob_cases(np.random.default_rng(8)), model.predict(fresh, scratch=tmp_path), strict=True):
        sure = prediction.answers["dots"].world[prediction.answers["dots"].score >= 0.5]
        assert len(sure) == 1
        assert np.linalg.norm(sure - case.labels["dots"].world) <= 2.0


def test_a_case_without_an_image_is_refused(rng, tmp_path):
    model = fit(METHOD, study_of(), blob_cases(rng), tmp_path)
    refused = next(iter(model.predict([Case(key="c", patient="p", inputs={}, labels={}, covariates={})], scratch=tmp_path))).refused
    assert "still image" in str(refused)


def smear_cases(rng, n=8):
    """Pictures (60, 40) of four dark discs of 12 across, each with its box."""
    grid = plain_grid((60, 40))
    cases = []
    for number in range(n):
        places = np.array([[12, 10], [12, 30], [32, 12], [48, 28]]) + rng.integers(-2, 3, (4, 2))
        at = np.stack(np.indices(grid.shape), axis=-1)
        disc = (np.linalg.norm(at[None] - places[:, None, None], axis=-1) < 6).any(axis=0)
        samples = 200 - 90 * disc + rng.normal(0, 3, grid.shape)
        truth = Points(
            world=grid.to_world(places),
            kind=np.zeros(4, np.intp),
            score=np.full(4, np.nan),
            names=("cell",),
            extent=np.full((4, 2), 12.0),
        )
        image = held_image(samples[None].astype(np.float32), grid)
        cases.append(Case(key=f"c{number}", patient=f"p{number}", inputs={"smear": image}, labels={"cells": truth}, covariates={}))
    return CaseList(cases)


def test_boxes_are_blobs_of_the_median_size_and_survive_saving(rng, tmp_path):
    target = {"name": "cells", "type": "boxes", "columns": "boxes", "classes": ["cell"]}
    study = Study.model_validate({"name": "s", "cases": Path("cases.csv"), "inputs": {"smear": "image"}, "targets": [target]})
    detector = method(TASKS.get("detection"))
    model = fit(detector, study, smear_cases(rng), tmp_path)
    assert not model.blobs["cells"].bright
    assert 3.0 < model.blobs["cells"].sigma < 6.0  # 6 over the root of 2 is 4.2
    model.save(tmp_path / "model")
    fresh = smear_cases(np.random.default_rng(5))
    answers = [p.answers["cells"] for p in detector.load(tmp_path / "model").predict(fresh, scratch=tmp_path)]
    assert answers[0].extent == pytest.approx(12.0)
    assert mean_average_precision.measure([c.labels["cells"] for c in fresh], answers, np.ones((1, len(fresh))))[0] > 0.95
