"""Translations against critics: plans that say why, answers in the target's own numbers that say they are synthetic."""

import numpy as np
import pytest

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import SYNTHETIC, held_image
from isocenter.core.study import Study
from isocenter.learning.generative.translation_learner import TranslationLearner
from isocenter.methods.translation import cyclegan, pix2pix
from isocenter.methods.translation._scale import from_scale, to_scale
from isocenter.methods.translation._settings import TranslationSettings

from ..in_memory import MemoryJournal, fingerprint_of

TINY = {"patch": [32, 32], "widths": [8, 16], "precision": "float32", "channels_last": False, "augmentation": 0.0, "steps": 120}
METHODS = {"pix2pix": pix2pix.METHOD, "cyclegan": cyclegan.METHOD}


def study(**settings):
    return Study.model_validate(
        {
            "name": "made",
            "cases": "cases.csv",
            "inputs": {"mr": "mr"},
            "targets": [{"name": "ct", "type": "image", "columns": "ct", "unit": "HU"}],
            "settings": {**TINY, **settings},
        }
    )


def head(n, *, shown=("mr", "ct")):
    """A disc: bright in MR; in CT -1000 around it, 40 inside, 900 at its rim, which is dark in MR like the air."""
    x, y = np.indices((32, 32)) - 15.5
    rng = np.random.default_rng(n)
    radius = np.hypot(x - rng.uniform(-2, 2), y - rng.uniform(-2, 2)) - rng.uniform(8, 11)
    mr = np.where(radius < -2, 100.0, 5.0) + rng.normal(0, 2, radius.shape)
    ct = np.select([radius < -2, radius < 1], [40, 900], -1000)
    grid = plain_grid((32, 32))
    inputs = {"mr": held_image(mr.astype(np.float32)[None], grid)} if "mr" in shown else {}
    labels = {"ct": held_image(ct.astype(np.int16)[None], grid, unit="HU")} if "ct" in shown else {}
    return Case(key=f"h{n}", patient=f"h{n}", inputs=inputs, labels=labels, covariates={})


def heads(count=12):
    return CaseList([head(n) for n in range(count)])


def seen(asked, cases):
    """The fingerprint with what stages/fingerprint.py says of the target."""
    plain = fingerprint_of(asked, cases)
    said = {"channels": 1, "unit": "HU", "dtype": "int16", "low": -1000.0, "high": 900.0}
    return {**plain, "targets": {"ct": {**plain["targets"]["ct"], **said}}}


def planned(name, cases, **settings):
    asked = study(**settings)
    return METHODS[name].plan(asked, seen(asked, cases), minutes=0.2, gigabytes=4.0), asked


def test_scaled_and_back_is_the_same_and_nothing_is_clipped():
    settings = TranslationSettings(target_low=-1000.0, target_high=900.0, target_dtype="int16")
    samples = np.array([[-1200, -1000, 0, 900, 1500]], np.int16)
    scaled = to_scale(samples, settings)
    np.testing.assert_allclose(scaled[0, [1, 3]], [-1, 1], rtol=1e-6)
    back = from_scale(scaled, settings)
    np.testing.assert_array_equal(back, samples)
    assert back.dtype == np.int16


def test_whole_numbers_are_rounded_and_held_to_what_fits():
    settings = TranslationSettings(target_low=0.0, target_high=255.0, target_dtype="uint8")
    assert from_scale(np.array([[-1.5, 1.5, 0.003]]), settings).tolist() == [[0, 255, 128]]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"adversary": "least_square"}, "least_squares"),
        ({"loss": "dice"}, "loss"),
        ({"sampler": "foreground"}, "uniform"),
        ({"adversarial": 0.0, "fidelity": 0.0}, "not both 0"),
        ({"target_low": 5.0, "target_high": 5.0}, "below target_high"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(wrong, words):
    with pytest.raises(SettingError, match=words):
        TranslationSettings(**wrong)


@pytest.mark.parametrize("name", ["deep_supervision", "compiled"])
def test_what_two_networks_cannot_use_is_refused_not_ignored(name):
    with pytest.raises(SettingError, match=name):
        planned("pix2pix", heads(), **{name: True})


def test_without_pairs_a_critic_must_be_asked():
    with pytest.raises(SettingError, match="adversarial above 0"):
        planned("cyclegan", heads(), adversarial=0.0)


def test_intensities_to_favor_are_refused_without_pairs():
    with pytest.raises(SettingError, match="favored"):
        planned("cyclegan", heads(), favored=[0.0, 100.0])


def test_the_plan_takes_the_scale_from_the_learning_targets():
    plan, _ = planned("pix2pix", heads())
    assert (plan["target_low"], plan["target_high"], plan["target_unit"], plan["target_dtype"]) == (-1000.0, 900.0, "HU", "int16")
    assert plan["spacing"] == ()
    assert all(setting.reason for setting in plan.settings)


@pytest.mark.slow
def test_pairs_teach_what_no_curve_through_the_numbers_can(tmp_path):
    cases = heads()
    plan, asked = planned("pix2pix", cases, steps=300)
    keys = list(cases.keys)
    model = METHODS["pix2pix"].fit(asked, cases.select(keys[:10]), cases.select(keys[10:]), plan, MemoryJournal(tmp_path))
    for prediction in model.predict(cases.select(keys[10:]), scratch=tmp_path):
        answer, truth = prediction.answers["ct"], cases[prediction.case].labels["ct"]
        assert (answer.unit, answer.note, answer.array().dtype) == ("HU", SYNTHETIC, np.int16)
        gap = np.abs(answer.array().astype(float) - truth.array())
        assert gap.mean() < 120
        rim = truth.array() == 900
        assert np.median(answer.array()[rim]) > 400  # in MR the rim is as dark as the air


@pytest.mark.slow
def test_a_training_that_was_killed_goes_on_to_the_same_weights(tmp_path):
    cases = heads()
    plan, asked = planned("cyclegan", cases, steps=8)
    learn, tune = cases.select(list(cases.keys)[:10]), cases.select(list(cases.keys)[10:])
    straight = METHODS["cyclegan"].fit(asked, learn, tune, plan, MemoryJournal(tmp_path))

    class Killed(MemoryJournal):
        def stop_now(self):
            return len(self.lines) == 3

    journal = Killed(tmp_path)
    METHODS["cyclegan"].fit(asked, learn, tune, plan, journal)
    assert journal.state["step"] == 3
    journal.lines.clear()
    journal.lines += [(0, {})] * 10  # from here on nobody stops it
    resumed = METHODS["cyclegan"].fit(asked, learn, tune, plan, journal)
    for one, two in zip(straight.generator.parameters(), resumed.generator.parameters(), strict=True):
        assert (one == two).all()


def test_sides_of_different_patients_are_enough_without_pairs_and_not_with(tmp_path):
    cases = CaseList([head(n, shown=("mr",) if n < 4 else ("ct",)) for n in range(8)])
    plan, asked = planned("cyclegan", CaseList([head(n, shown=("mr",)) for n in range(4)]), steps=2)
    model = METHODS["cyclegan"].fit(asked, cases, cases.select([]), plan, MemoryJournal(tmp_path))
    answered = list(model.predict(cases, scratch=tmp_path))
    assert [p.refused is None for p in answered] == [True] * 4 + [False] * 4
    with pytest.raises(StudyError, match="pairs"):
        METHODS["pix2pix"].fit(asked, cases, cases.select([]), plan, MemoryJournal(tmp_path))


def test_a_translation_whose_loss_is_no_number_keeps_the_model_of_its_last_look(tmp_path, monkeypatch):
    plain = TranslationLearner.step
    injected = {"loss": float("nan")}
    monkeypatch.setattr(TranslationLearner, "step", lambda self, step: {**plain(self, step), **(injected if step > 5 else {})})
    cases = heads(6)
    plan, asked = planned("pix2pix", cases, steps=8)
    model = METHODS["pix2pix"].fit(asked, cases, cases.select([]), plan, MemoryJournal(tmp_path))
    assert (
        model.ended == "step 7 of 8: the loss is no longer a number. The model is that of step 6, at the last look that was good."
    )
    model.save(tmp_path / "model")
    assert METHODS["pix2pix"].load(tmp_path / "model").ended == model.ended


def test_two_images_to_learn_are_refused():
    targets = [{"name": n, "type": "image", "columns": n} for n in ("ct", "pet")]
    two = Study.model_validate({"name": "m", "cases": "c.csv", "inputs": {"mr": "mr"}, "targets": targets})
    with pytest.raises(StudyError, match="one image target"):
        METHODS["pix2pix"].plan(two, {}, minutes=1.0, gigabytes=1.0)


@pytest.mark.slow
def test_a_volume_is_translated_slice_by_slice_in_its_own_geometry(tmp_path):
    grid = plain_grid((16, 16, 5), spacing=(2.0, 2.0, 4.0), world="ras_mm")
    rng = np.random.default_rng(0)
    cases = CaseList(
        [
            Case(
                key=f"v{n}", patient=f"v{n}", covariates={},
                inputs={"mr": held_image(rng.normal(size=(1, 16, 16, 5)).astype(np.float32), grid)},
                labels={"ct": held_image(rng.normal(size=(2, 16, 16, 5)).astype(np.float32), grid)},
            )
            for n in range(6)
        ]
    )  # fmt: skip
    asked = study(patch=[16, 16, 1], steps=2)
    fingerprint = fingerprint_of(asked, cases)
    said = {"channels": 2, "unit": "1", "dtype": "float32", "low": -3.0, "high": 3.0}
    fingerprint = {**fingerprint, "targets": {"ct": said}}
    plan = METHODS["pix2pix"].plan(asked, fingerprint, minutes=0.2, gigabytes=4.0)
    model = METHODS["pix2pix"].fit(asked, cases, cases, plan, MemoryJournal(tmp_path))
    answer = next(model.predict(cases, scratch=tmp_path)).answers["ct"]
    assert answer.shape == (2, 16, 16, 5)
    assert answer.grid.same_as(grid)
