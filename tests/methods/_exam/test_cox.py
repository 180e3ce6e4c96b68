"""A Cox head answers with a curve whatever the tuning exams hold: its baseline hazard is part of what is fitted."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Study, Target
from isocenter.core.survival import Survival
from isocenter.methods._exam.explain import ask
from isocenter.methods._exam.method import labeled_items
from isocenter.methods.registry import methods_of
from tests.methods.in_memory import MemoryJournal, fingerprint_of

METHOD = methods_of("survival").get("cnn")
SHAPE = (12, 10)
TARGET = Target(name="t", type="survival", columns=("days", "end"), classes=("censored", "event", "death"))
SETTINGS = {
    "size": [12, 8], "encoder_settings": {"widths": [4, 4]}, "batch": 4, "steps": 2, "augmentation": 0.0, "precision": "float32",
    "heads": {"t": "cox"},
}  # fmt: skip


def cases(codes, first):
    made = []
    for i, code in enumerate(codes):
        rng = np.random.default_rng(first + i)
        image = held_image(rng.random(SHAPE).astype(np.float32)[None], plain_grid(SHAPE))
        label = Survival(days=np.array([10.0 + i]), alive=np.array([float(code != 1)]), censored=code == 0, cause=max(code, 1))
        key = f"c{first + i}"
        made.append(Case(key=key, patient=key, inputs={"x": image}, labels={"t": label}, covariates={}))
    return CaseList(made)


def fitted(tmp_path, learn, tune, **settings):
    study = Study(name="s", cases="cases.csv", inputs={"x": "x"}, targets=(TARGET,), settings={**SETTINGS, **settings})
    plan = METHOD.plan(study, fingerprint_of(study, learn), minutes=1.0, gigabytes=4.0)
    return METHOD.fit(study, learn, tune, plan, MemoryJournal(tmp_path))


@pytest.mark.parametrize(
    ("calibrate", "tuning"), [(True, [0, 0, 0, 0]), (False, [0, 1, 0, 1]), (True, [0, 1, 0, 1]), (True, []), (False, [])]
)
def test_every_exam_gets_a_curve(calibrate, tuning, tmp_path):
    learn, tune = cases([1, 0, 1, 0, 1, 2, 1, 0], 0), cases(tuning, 100)
    model = fitted(tmp_path / "run", learn, tune, calibrate=calibrate)
    curve = model.answer((learn[learn.keys[1]],))[0]["t"]
    assert curve.days.tolist() == sorted({10.0, 12.0, 14.0, 15.0, 16.0} | ({11.0, 13.0} if 1 in tuning else set()))
    assert 0 < curve.alive[-1] < curve.alive[0] < 1
    model.save(tmp_path / "model")
    again = METHOD.load(tmp_path / "model").answer((learn[learn.keys[1]],))[0]["t"]
    np.testing.assert_allclose(again.alive, curve.alive, rtol=1e-6)


@pytest.mark.parametrize("head", ["cox", "discrete_time"])
def test_what_is_explained_is_the_event_not_the_death(head, tmp_path):
    learn = cases([1, 0, 1, 0, 1, 2, 1, 0], 0)
    model = fitted(tmp_path, learn, cases([], 100), heads={"t": head})
    direction = ask(model, labeled_items(model, learn)[0], "t").direction
    assert direction.tolist() == [1.0, 0.0] * (len(direction) // 2)


def test_without_any_event_to_learn_from_it_says_so_before_it_trains(tmp_path):
    with pytest.raises(StudyError, match="with the event"):
        fitted(tmp_path, cases([0, 2, 0, 0], 0), cases([1, 1], 100))
