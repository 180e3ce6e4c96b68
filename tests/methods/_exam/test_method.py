"""After training, the tuning exams are looked at once, for temperatures and intervals alike."""

from collections import Counter

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Study, Target
from isocenter.methods._exam.method import labeled_items, what_is_said
from isocenter.methods._exam.model import ExamModel
from isocenter.methods.registry import methods_of
from tests.methods.in_memory import MemoryJournal, fingerprint_of

METHOD = methods_of("regression").get("cnn")
SHAPE = (12, 10)
TARGET = Target(name="brightness", type="value", columns="brightness")
SETTINGS = {
    "size": [12, 8], "encoder_settings": {"widths": [4, 4]}, "batch": 4, "steps": 3, "augmentation": 0.0, "precision": "float32",
}  # fmt: skip


def cases(count, first):
    made = []
    for i in range(count):
        rng = np.random.default_rng(first + i)
        image = held_image((rng.random(SHAPE) + i % 3).astype(np.float32)[None], plain_grid(SHAPE))
        key = f"c{first + i}"
        labels = {"brightness": Amount(value=float(i % 3), unit="1")}
        made.append(Case(key=key, patient=key, inputs={"x": image}, labels=labels, covariates={}))
    return CaseList(made)


@pytest.mark.parametrize(
    ("task", "target", "dropout"),
    [
        ("regression", TARGET, 0.0),
        ("classification", Target(name="c", type="class", columns="c", classes=("a", "b")), 0.2),
    ],
)
def test_nothing_is_dropped_where_amounts_are_learned(task, target, dropout):
    study = Study(name="s", cases="cases.csv", inputs={"x": "x"}, targets=(target,), settings=SETTINGS)
    plan = methods_of(task).get("cnn").plan(study, fingerprint_of(study, cases(8, 0)), minutes=1.0, gigabytes=4.0)
    assert plan["dropout"] == dropout


def planned(unit, **settings):
    study = Study(name="s", cases="cases.csv", inputs={"x": "x"}, targets=(TARGET,), settings={**SETTINGS, **settings})
    made = fingerprint_of(study, cases(8, 0))
    made["inputs"]["x"]["unit"] = unit
    made["intensity"]["x"] |= {"p005": -1000.0, "p995": 1500.0}
    return METHOD.plan(study, made, minutes=1.0, gigabytes=4.0)


def test_a_window_takes_the_place_of_the_percentiles_of_ct():
    assert planned("HU")["scales"] == ((-1000.0, 1500.0, 128.0, 60.0),)
    assert planned("HU", window=[0.0, 80.0])["scales"] == ((0.0, 80.0, 40.0, pytest.approx(80 / 12**0.5)),)


@pytest.mark.parametrize(
    ("unit", "window", "said"), [("HU", [80, 0], "low below high"), ("HU", [5], "low below high"), ("1", [0, 80], "Hounsfield")]
)
def test_a_window_that_makes_no_sense_is_refused(unit, window, said):
    with pytest.raises(SettingError, match=said):
        planned(unit, window=window)


@pytest.fixture
def fitted(monkeypatch, tmp_path):
    study = Study(name="s", cases="cases.csv", inputs={"x": "x"}, targets=(TARGET,), settings=SETTINGS)
    learn, tune = cases(8, 0), cases(20, 100)
    plan = METHOD.plan(study, fingerprint_of(study, learn), minutes=1.0, gigabytes=4.0)
    seen = Counter()
    plain = ExamModel.look_at

    def counted(self, items, **asked):
        seen.update(key for item in items for key in item.keys)
        return plain(self, items, **asked)

    monkeypatch.setattr(ExamModel, "look_at", counted)
    model = METHOD.fit(study, learn, tune, plan, MemoryJournal(tmp_path))
    return model, tune, dict(seen)


def test_every_tuning_exam_is_looked_at_once(fitted):
    _, tune, seen = fitted
    assert {key: seen.get(key) for key in tune.keys} == dict.fromkeys(tune.keys, 1)


def test_the_width_is_that_of_the_errors_on_the_tuning_exams(fitted):
    model, tune, _ = fitted
    errors = [abs(model.answer((case,))[0]["brightness"].value - case.labels["brightness"].value) for case in tune]
    assert sum(error <= model.widths["brightness"] + 1e-6 for error in errors) == 19  # 0.9 * (20 + 1), rounded up


def test_what_is_said_in_batches_is_what_is_said_alone(fitted):
    model, tune, _ = fitted
    said = {one.item.keys[0]: one.raw["brightness"] for one in what_is_said(model, labeled_items(model, tune))}
    assert set(said) == set(tune.keys)
    for item in labeled_items(model, tune):
        np.testing.assert_allclose(said[item.keys[0]], model.look(item).raw["brightness"][0].numpy(), atol=1e-5)
