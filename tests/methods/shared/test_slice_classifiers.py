"""Slice classifiers find blocks of two kinds wherever they lie in a volume, in the volume's own world."""

import dataclasses

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import FileError, SettingError, StudyError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import held_image
from isocenter.core.plan import Plan
from isocenter.core.points import Points
from isocenter.core.study import Study
from isocenter.methods.registry import TASKS
from isocenter.methods.shared.slice_classifiers import method

from ..in_memory import fingerprint_of, fit

NAMES = ("bright", "dark")
SPACING = (2.0, 2.0, 3.0)
TINY = {"widths": [8, 16, 32], "batch": 12, "learning_rate": 0.01, "channels_last": False, "precision": "float32"}


def volume(key, seed, *, kinds=(0, 1), turned=False):
    """A bright and a dark block in noise; `turned`: the first axis runs to the left."""
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers([22, 20, 14], [27, 25, 18]))
    scan = rng.normal(0, 1, shape)
    matrix = np.diag([*SPACING, 1.0])
    matrix[:3, 3] = rng.uniform(-100, 100, 3)
    if turned:
        matrix[0, 0] = -SPACING[0]
    grid = Grid(shape=shape, affine=as_affine(matrix), world="ras_mm")
    middle, extent = [], []
    for kind in kinds:
        size = rng.integers([6, 5, 4], [9, 8, 6])
        first = [int(rng.integers(1, n - s)) for n, s in zip(shape, size, strict=True)]
        where = tuple(slice(a, a + s) for a, s in zip(first, size, strict=True))
        scan[where] += 6 if kind == 0 else -6
        middle.append(np.asarray(first) + (size - 1) / 2)
        extent.append(size * SPACING)
    truth = Points(
        world=grid.to_world(middle) if middle else np.zeros((0, 3)), kind=np.asarray(kinds, np.intp),
        score=np.full(len(kinds), np.nan), names=NAMES, extent=np.asarray(extent, float).reshape(-1, 3),
    )  # fmt: skip
    return Case(
        key=key, patient=key, inputs={"x": held_image(scan[None].astype(np.float32), grid)}, labels={"o": truth}, covariates={}
    )


def as_points(case):
    truth = dataclasses.replace(case.labels["o"], extent=None)
    return dataclasses.replace(case, labels={"o": truth})


def study(kind="boxes", **settings):
    return Study.model_validate(
        {"name": "blocks", "cases": "c.csv", "inputs": {"x": "x"}, "settings": TINY | settings, "method": "slice_classifiers",
         "task": "organ_localization" if kind == "boxes" else "landmark_localization",
         "targets": [{"name": "o", "type": kind, "columns": "o", "classes": NAMES}]}
    )  # fmt: skip


def of(kind):
    return method(TASKS.get("organ_localization" if kind == "boxes" else "landmark_localization"))


def answers(model, cases, scratch):
    return [(cases[p.case].labels["o"], p.answers["o"]) for p in model.predict(cases, scratch=scratch)]


@pytest.mark.slow
def test_walls_are_found_within_a_sample_in_images_that_run_either_way(tmp_path):
    cases = CaseList([volume(f"v{i}", i, turned=i % 2 == 0) for i in range(45)])
    model = fit(of("boxes"), study(steps=250), cases, tmp_path)
    found = answers(model, cases.select(cases.keys[30:]), tmp_path)  # not learned from
    assert all(answer.kind.tolist() == [0, 1] and (answer.score >= 0.5).all() for _, answer in found)
    walls = [
        np.abs((answer.world + side * answer.extent / 2) - (truth.world + side * truth.extent / 2))
        for truth, answer in found
        for side in (-1, 1)
    ]
    assert (np.mean(walls, axis=(0, 1)) < SPACING).all()


@pytest.mark.slow
def test_landmarks_are_the_middles_of_few_slices(tmp_path):
    cases = CaseList([as_points(volume(f"v{i}", i)) for i in range(45)])
    model = fit(of("points"), study("points", steps=250), cases, tmp_path)
    found = answers(model, cases.select(cases.keys[30:]), tmp_path)
    error = [np.linalg.norm(answer.world - truth.world, axis=1) for truth, answer in found]
    assert np.mean(error) < 5.0  # the blocks are 12 mm and more a side
    assert all(answer.extent is None for _, answer in found)


@pytest.mark.slow
def test_what_a_volume_does_not_show_is_not_answered(tmp_path):
    cases = CaseList([volume(f"v{i}", i, kinds=((0, 1), (0,), (1,))[i % 3]) for i in range(45)])
    model = fit(of("boxes"), study(steps=250), cases, tmp_path)
    assert model.always == (False, False)
    found = answers(model, cases.select(cases.keys[30:]), tmp_path)
    assert np.mean([set(truth.kind) == set(answer.kind[answer.score >= 0.5]) for truth, answer in found]) >= 0.8


def test_a_model_of_few_steps_answers_and_comes_back(tmp_path):
    cases = CaseList([volume(f"v{i}", i) for i in range(6)])
    model = fit(of("boxes"), study(steps=3), cases, tmp_path)
    assert model.always == (True, True)
    first = [answer for _, answer in answers(model, cases, tmp_path)]
    assert all(len(answer) == 2 and (answer.score >= 0.5).all() for answer in first)  # every learning case has both
    model.save(tmp_path / "model")
    for one, (_, two) in zip(first, answers(of("boxes").load(tmp_path / "model"), cases, tmp_path), strict=True):
        np.testing.assert_array_equal(one.world, two.world)
        np.testing.assert_array_equal(one.extent, two.extent)
    with pytest.raises(FileError, match="slice_classifiers"):
        of("boxes").load(tmp_path / "nowhere")


def test_pictures_are_refused_before_anything_is_trained():
    seen = {"shapes": [[64, 64]], "targets": {}, "spacings": [[1.0, 1.0]]}
    with pytest.raises(StudyError, match="volumes of three axes"):
        of("boxes").plan(study(steps=3), seen, minutes=0.05, gigabytes=1.0)


def test_a_picture_among_volumes_is_refused_and_the_others_answered(tmp_path):
    cases = [volume(f"v{i}", i) for i in range(6)]
    model = fit(of("boxes"), study(steps=2), CaseList(cases), tmp_path)
    flat = dataclasses.replace(cases[0], key="flat", inputs={"x": held_image(np.zeros((1, 9, 9), np.float32), plain_grid((9, 9)))})
    refused, fine = model.predict([flat, cases[1]], scratch=tmp_path)
    assert "three axes" in refused.refused
    assert fine.refused is None


def test_fine_volumes_are_looked_at_more_coarsely():
    cases = CaseList([volume(f"v{i}", i) for i in range(2)])
    seen = dict(fingerprint_of(study(), cases)) | {"shapes": [[512, 256, 60]] * 2, "spacings": [[0.5, 1.0, 2.0]] * 2, "unit": "mm"}
    plan: Plan = of("boxes").plan(study(steps=1, batch=2, widths=[2, 2]), seen, minutes=0.05, gigabytes=1.0)
    assert plan["spacing"] == (2.0, 2.0, 2.0)
    assert "512 × 256 × 60" in next(s.reason for s in plan.settings if s.name == "spacing")


def test_settings_that_cannot_work_are_refused():
    for wrong in ({"above": 1.5}, {"batch": 1}, {"zoom": [1.2, 0.8]}, {"landmark_slices": [4.0, 4.0]}, {"precision": "float16"}):
        with pytest.raises(SettingError):
            of("boxes").plan(study(**wrong), {"shapes": [[9, 9, 9]]}, minutes=0.05, gigabytes=1.0)


def test_without_a_structure_there_is_nothing_to_learn(tmp_path):
    cases = CaseList([volume(f"v{i}", i, kinds=()) for i in range(6)])
    with pytest.raises(StudyError, match="label of target 'o'"):
        fit(of("boxes"), study(steps=2), cases, tmp_path)
