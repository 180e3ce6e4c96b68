"""Clouds in two features."""

import numpy as np
import pytest
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import PlanError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.methods.segmentation import threshold
from isocenter.methods.segmentation.tissue_scatter import METHOD, _Moments
from isocenter.phantoms.tracer.tracer import tracer

from ..in_memory import fit


def test_the_clouds_are_those_of_quadratic_discriminant_analysis(rng):
    label = rng.integers(0, 3, 3000)
    mixing = np.array([[[1, 0.8], [0, 0.5]], [[0.5, 0], [-0.4, 1]], [[1, 0], [0, 1]]])
    features = np.einsum("nij,nj->ni", mixing[label], rng.normal(size=(3000, 2))) + np.array([[0, 0], [2, 2], [0, 4]])[label]
    moments = _Moments(3)
    moments.add(features[:1000], label[:1000])
    moments.add(features[1000:], label[1000:])
    theirs = QuadraticDiscriminantAnalysis().fit(features, label)
    np.testing.assert_allclose(moments.clouds().posterior(features), theirs.predict_proba(features), atol=0.01)


def test_a_class_never_met_is_never_answered(rng):
    moments = _Moments(3)
    moments.add(rng.normal(size=(100, 2)), np.zeros(100, int))
    assert not moments.clouds().posterior(rng.normal(size=(50, 2)))[:, 1:].any()


def test_two_contrasts_tell_what_neither_tells_alone(tmp_path):
    """Class 1 is bright in exactly one of two contrasts, the background in both or neither: a diagonal pair of clouds."""
    study, _ = tracer("mask")
    target = study.targets[0].model_copy(update={"classes": ("same", "shifted"), "raters": (), "scope": "exam"})
    study = study.model_copy(update={"targets": (target,), "inputs": {"t1": "t1", "t2": "t2"}})
    rng = np.random.default_rng(0)
    grid = plain_grid((30, 30))
    cases = []
    for n in range(6):
        truth = rng.integers(0, 2, grid.shape)
        t1 = rng.uniform(0, 100, grid.shape)
        t2 = t1 + np.where(truth, 30.0, 0.0) + rng.normal(0, 2, grid.shape)
        cases.append(
            Case(
                key=f"c{n}",
                patient=f"c{n}",
                inputs={"t1": held_image(t1[None], grid), "t2": held_image(t2[None], grid)},
                labels={"parts": held_mask(truth.astype(np.uint8), grid, target.classes)},
                covariates={},
            )
        )
    table = CaseList(cases)

    def right(method):
        found = fit(method, study, table, tmp_path).predict(table, scratch=tmp_path)
        truths = (table[p.case].labels["parts"].labels.array() == p.answers["parts"].labels.array() for p in found)
        return np.mean([truth.mean() for truth in truths])

    assert right(METHOD) > 0.98
    assert right(threshold.METHOD) < 0.75


def test_a_case_without_the_second_contrast_is_refused(tmp_path):
    study, cases = tracer("mask")
    keys = [key for key in cases.keys if "contrast" in cases[key].inputs]
    model = fit(METHOD, study, cases.select(keys), tmp_path)
    prediction = next(model.predict([cases["p00"]], scratch=tmp_path))
    assert "expected channel contrast in case p00, got plain" in (prediction.refused or "")


def test_overlapping_classes_are_refused_before_anything_is_read():
    study, _ = tracer("mask")
    target = study.targets[0].model_copy(update={"overlapping": True})
    with pytest.raises(PlanError, match="exclude one another"):
        METHOD.plan(study.model_copy(update={"targets": (target,)}), {}, minutes=1, gigabytes=1)
