"""The mean of masks."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.methods.segmentation.mean_mask import METHOD, best_cut
from isocenter.phantoms.tracer.tracer import tracer

from ..in_memory import fit


def picture(key, shape, classes, *, share=0.5):
    """The first half of every picture is foreground, whatever its size."""
    grid = plain_grid(shape)
    labels = np.zeros(shape, np.uint8)
    labels[: int(shape[0] * share)] = 1
    image = held_image(np.zeros((1, *shape)), grid)
    return Case(key=key, patient=key, inputs={"plain": image}, labels={"parts": held_mask(labels, grid, classes)}, covariates={})


@pytest.fixture
def study():
    study, _ = tracer("mask")
    target = study.targets[0].model_copy(update={"classes": ("background", "body"), "raters": (), "scope": "exam"})
    return study.model_copy(update={"targets": (target,), "inputs": {"plain": "plain"}})


def test_pictures_of_other_sizes_are_laid_over_one_another(study, tmp_path):
    cases = CaseList([picture(f"c{n}", shape, ("background", "body")) for n, shape in enumerate([(20, 10), (40, 30), (8, 8)])])
    model = fit(METHOD, study, cases, tmp_path)
    for prediction in model.predict(cases, scratch=tmp_path):
        truth = cases[prediction.case].labels["parts"].labels.array()
        assert (prediction.answers["parts"].labels.array() == truth).mean() > 0.85  # but for the row at the border


def test_a_picture_with_another_number_of_axes_is_refused(study, tmp_path):
    cases = CaseList([picture(f"c{n}", (8, 8), ("background", "body")) for n in range(3)])
    solid = picture("solid", (8, 8, 4), ("background", "body"))
    prediction = next(fit(METHOD, study, cases, tmp_path).predict([solid], scratch=tmp_path))
    assert "expected an image with 2 axes in case solid, got 3" in (prediction.refused or "")


def test_the_cut_is_the_level_set_of_greatest_pooled_dice(rng):
    masks = rng.random((50, 30)) < np.linspace(0, 1, 30) ** 2
    frequency = masks.mean(axis=0)

    def pooled(cut):
        answer = np.broadcast_to(frequency >= cut, masks.shape)
        return 2 * (answer & masks).sum() / (answer.sum() + masks.sum())

    assert pooled(best_cut(frequency)) == pytest.approx(max(pooled(f) for f in frequency if f > 0))


def test_an_empty_class_is_never_claimed():
    assert best_cut(np.zeros((4, 4))) > 1
