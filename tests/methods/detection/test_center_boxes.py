"""Boxes by their centers learn bars of two kinds, long and tall."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.points import Points
from isocenter.core.study import Study
from isocenter.methods.detection._center_model import halved
from isocenter.methods.detection.center_boxes import METHOD, surest

from ..in_memory import fingerprint_of, fit

NAMES = ("long", "tall")
TINY = {
    "steps": 400,
    "patch": [64, 64],
    "widths": [8, 16, 32],
    "batch": 4,
    "learning_rate": 0.01,
    "compiled": False,
    "channels_last": False,
}


def bars(key, number, *, seed):
    """Bright bars of 13 x 7 or 7 x 13 samples on a noisy ground."""
    rng = np.random.default_rng(seed)
    picture, places = rng.normal(20, 3, (64, 64)), []
    while len(places) < number:
        place = rng.integers(8, 56, 2)
        if all(np.abs(place - p).max() > 15 for p in places):
            places.append(place)
    kind = np.arange(number) % 2
    sides = np.where(kind[:, None] == 0, [[13, 7]], [[7, 13]])
    for (a, b), (w, h) in zip(places, sides, strict=True):
        picture[a - w // 2 : a + w // 2 + 1, b - h // 2 : b + h // 2 + 1] += 100
    truth = Points(
        world=np.array(places, float).reshape(-1, 2), kind=kind.astype(np.intp), score=np.full(number, np.nan), names=NAMES,
        extent=sides.astype(float).reshape(-1, 2),
    )  # fmt: skip
    image = held_image(picture[None].astype(np.float32), plain_grid((64, 64)))
    return Case(key=key, patient=key, inputs={"x": image}, labels={"bars": truth}, covariates={})


def study(**settings):
    return Study.model_validate(
        {"name": "bars", "cases": "c.csv", "inputs": {"x": "x"}, "settings": TINY | settings, "method": "center_boxes",
         "targets": [{"name": "bars", "type": "boxes", "columns": "b", "classes": NAMES},
                     {"name": "n_tall", "type": "count", "columns": "n", "classes": ["tall"], "use": "score"}]}
    )  # fmt: skip


@pytest.mark.slow
def test_bars_are_found_with_kind_and_size_and_counted(tmp_path):
    cases = CaseList([bars(f"b{i}", 1 + i % 4, seed=i) for i in range(18)])
    model = fit(METHOD, study(), cases, tmp_path)
    right = total = 0
    for answer in model.predict(cases, scratch=tmp_path):
        truth, said = cases[answer.case].labels["bars"], answer.answers["bars"]
        sure = said.score >= 0.5
        assert answer.answers["n_tall"].value == (said.kind[sure] == 1).sum()
        for place, kind, side in zip(truth.world, truth.kind, truth.extent, strict=True):
            near = sure & (np.abs(said.world - place).max(axis=1) < 2) & (said.kind == kind)
            right += bool((np.abs(said.extent[near] / side - 1).max(axis=1) < 0.25).any()) if near.any() else 0
            total += 1
    assert right > 0.85 * total


def test_a_model_of_few_steps_answers_and_comes_back(tmp_path):
    cases = CaseList([bars(f"b{i}", 2, seed=i) for i in range(6)])
    model = fit(METHOD, study(steps=3), cases, tmp_path)
    first = [p.answers["bars"] for p in model.predict(cases, scratch=tmp_path)]
    model.save(tmp_path / "model")
    for one, two in zip(first, METHOD.load(tmp_path / "model").predict(cases, scratch=tmp_path), strict=True):
        np.testing.assert_array_equal(one.world, two.answers["bars"].world)
        np.testing.assert_array_equal(one.extent, two.answers["bars"].extent)


def test_small_objects_decide_how_coarse_the_samples_are():
    cases = CaseList([bars(f"b{i}", 2, seed=i) for i in range(6)])
    seen = dict(fingerprint_of(study(), cases))
    seen["targets"] = {"bars": {"type": "boxes", "cases": 6, "classes": {"long": {"size": 100.0}, "tall": {"size": 32.0}}}}
    seen["shapes"] = [[640, 480]] * 6
    plan = METHOD.plan(study(steps=3, patch=[160, 112]), seen, minutes=0.05, gigabytes=1.0)
    spacing = next(s for s in plan.settings if s.name == "spacing")
    assert spacing.value == (4.0, 4.0)
    assert "tall" in spacing.reason


def test_turned_boxes_are_refused_before_anything_is_trained():
    with pytest.raises(SettingError, match="rotation_deg 0"):
        METHOD.plan(study(rotation_deg=30.0), {"shapes": [[64, 64]], "targets": {}}, minutes=0.05, gigabytes=1.0)


def test_without_a_box_there_is_nothing_to_learn(tmp_path):
    cases = CaseList([bars(f"b{i}", 0, seed=i) for i in range(6)])
    with pytest.raises(StudyError, match="boxes of target bars"):
        fit(METHOD, study(steps=3), cases, tmp_path)


def test_how_sure_a_box_must_be_is_that_of_the_best_f1():
    truth = bars("a", 4, seed=0).labels["bars"]
    count = 5  # two of each kind a case
    good = Points(world=truth.world, kind=truth.kind, score=np.full(4, 0.62), names=NAMES, extent=truth.extent)
    noise = Points(
        world=np.concatenate([good.world, good.world + 200]), kind=np.tile(good.kind, 2), names=NAMES,
        score=np.concatenate([good.score, np.full(4, 0.41)]), extent=np.tile(good.extent, (2, 1)),
    )  # fmt: skip
    for sure in surest([(truth, noise)] * count, 2):
        assert 0.41 < sure <= 0.62
    assert surest([(truth, noise)], 2) == (0.3, 0.3)  # too few to say


def test_moved_scores_keep_their_order_and_put_the_choice_at_a_half():
    score = np.linspace(0, 1, 11)
    moved = halved(score, np.full(11, 0.3))
    assert (np.diff(moved) > 0).all()
    assert moved[3] == 0.5
    assert moved[0] == 0
    assert moved[-1] == 1
