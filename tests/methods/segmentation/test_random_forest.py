"""The random forest on textures no threshold can tell apart."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.task import Pair
from isocenter.methods.segmentation import random_forest, threshold
from isocenter.methods.segmentation._forest_features import shrunk
from isocenter.metrics.per_case import dice
from isocenter.phantoms.tracer.tracer import tracer

from ..in_memory import MemoryJournal, fingerprint_of, fit


@pytest.fixture(scope="module")
def textures():
    """Squares of loud noise in quiet noise of the same mean: 12 pictures."""
    study, _ = tracer("mask")
    target = study.targets[0].model_copy(update={"classes": ("quiet", "loud"), "raters": (), "scope": "exam"})
    study = study.model_copy(update={"targets": (target,), "inputs": {"plain": "plain"}})
    rng = np.random.default_rng(0)
    grid = plain_grid((48, 40))
    cases = []
    for n in range(12):
        truth = np.zeros(grid.shape, np.uint8)
        x, y = rng.integers(4, 20, 2)
        truth[x : x + 20, y : y + 16] = 1
        image = rng.normal(0, np.where(truth, 4.0, 1.0))
        cases.append(
            Case(
                key=f"c{n:02d}",
                patient=f"c{n:02d}",
                inputs={"plain": held_image(image[None], grid)},
                labels={"parts": held_mask(truth, grid, target.classes)},
                covariates={},
            )
        )
    return study, CaseList(cases)


def held_out_dice(method, textures, tmp_path):
    study, cases = textures
    model = fit(method, study, cases.select(list(cases.keys)[:9]), tmp_path)
    found = []
    for prediction in model.predict(cases.select(list(cases.keys)[9:]), scratch=tmp_path):
        truth = cases[prediction.case].labels["parts"]
        pair = Pair(case="c", target=study.targets[0], truth=truth, answer=prediction.answers["parts"])
        found.append(next(m.value for m in dice.METRIC(pair) if m.name == "dice"))
    return np.mean(found)


def test_texture_is_found_where_a_threshold_fails(textures, tmp_path):
    assert held_out_dice(random_forest.METHOD, textures, tmp_path) > 0.8
    assert held_out_dice(threshold.METHOD, textures, tmp_path) < 0.7


def test_the_same_seed_grows_the_same_forest_however_many_trees_at_a_time(textures, tmp_path, monkeypatch):
    few = fit(random_forest.METHOD, *textures, tmp_path).grown["parts"].forests[0].arrays()
    monkeypatch.setattr(random_forest, "_AT_ONCE", 1000)
    one_go = fit(random_forest.METHOD, *textures, tmp_path).grown["parts"].forests[0].arrays()
    assert all(np.array_equal(few[name], one_go[name]) for name in few)


def test_a_large_picture_is_seen_small_and_answered_whole(textures, tmp_path):
    study, cases = textures
    small = study.model_copy(update={"settings": {"samples": 480}})
    prediction = next(fit(random_forest.METHOD, small, cases, tmp_path).predict(cases, scratch=tmp_path))
    assert prediction.answers["parts"].labels.shape == (1, 48, 40)
    assert shrunk((48, 40), 480) == (24, 20)


def test_overlapping_regions_are_answered_each(textures, tmp_path):
    study, cases = textures
    target = study.targets[0].model_copy(update={"classes": ("none", "loud", "left"), "overlapping": True})
    both = study.model_copy(update={"targets": (target,)})

    def with_left(case):
        loud = case.labels["parts"].labels.array() == 1
        left = np.zeros_like(loud)
        left[:, :24] = True
        image = held_image(np.concatenate([loud, left]), case.labels["parts"].grid, channels=("loud", "left"))
        mask = Mask(labels=image, names=target.classes, overlapping=True)
        return Case(key=case.key, patient=case.patient, inputs=case.inputs, labels={"parts": mask}, covariates={})

    table = CaseList([with_left(case) for case in cases])
    answer = next(fit(random_forest.METHOD, both, table, tmp_path).predict(table, scratch=tmp_path)).answers["parts"]
    assert answer.labels.shape == (2, 48, 40)
    assert answer.overlapping
    assert (answer.region("left") == (np.arange(48) < 24)[:, None]).mean() > 0.97  # place alone tells
    assert (answer.region("left") & answer.region("loud")).any()


class Impatient(MemoryJournal):
    """Asks for an end from the first question on."""

    def stop_now(self) -> bool:
        return True


def test_asked_to_stop_it_ends_with_the_trees_it_has(textures, tmp_path):
    study, cases = textures
    plan = random_forest.METHOD.plan(study, fingerprint_of(study, cases), minutes=1.0, gigabytes=1.0)
    model = random_forest.METHOD.fit(study, cases, cases, plan, Impatient(tmp_path))
    (forest,) = model.grown["parts"].forests
    assert 0 < len(forest.roots) < plan["trees"]
