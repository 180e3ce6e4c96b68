"""Generators through the study path: what they learn, answer, refuse, and how they end."""

import re

import numpy as np
import pytest
import torch

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import Diverged, SettingError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.method import Generator
from isocenter.core.study import Study, Target
from isocenter.learning.gradient_learner import GradientLearner
from isocenter.methods._framing import frame_of
from isocenter.methods.generation import _adversarial, _build, _watch
from isocenter.methods.generation._requests import seed_of
from isocenter.methods.generation._watch import Watch, diversity, spread
from isocenter.methods.registry import TASKS, methods_of, task_of
from tests.methods.in_memory import MemoryJournal, fingerprint_of

METHODS = methods_of("generation")
LEARNED = [name for name in METHODS.names() if METHODS.get(name).card.learned]
SMALL = {"side": 8, "width": 4, "latent": 6, "batch": 4, "steps": 12}
TINY = {"side": 8, "width": 8, "batch": 4, "steps": 12, "sampling_steps": 3}
"""Of diffusion."""
IMAGE = Target(name="x", type="image", columns="x")


def study(**fields):
    given = {"name": "s", "cases": "cases.csv", "inputs": {"x": "x"}, "targets": (IMAGE,), "task": "generation", **fields}
    return Study.model_validate(given)


def small(name):
    return {"side": 8} if name not in LEARNED else TINY if name == "diffusion" else SMALL


def cases(count, first=0, **covariates):
    made = []
    for i in range(first, first + count):
        rng = np.random.default_rng(i)
        samples = rng.integers(0, 256, (1, 20, 16)).astype(np.uint8)
        samples[:, : rng.integers(4, 16)] //= 4
        image = held_image(samples, plain_grid((20, 16)))
        said = {name: words[i % len(words)] for name, words in covariates.items()}
        made.append(Case(key=f"c{i}", patient=f"c{i}", inputs={"x": image}, labels={"x": image}, covariates=said))
    return CaseList(made)


def fitted(name, tmp_path, *, asked=None, learn=None, **settings):
    asked = asked or study(method=name, settings={**small(name), **settings})
    learn = learn or cases(12)
    plan = METHODS.get(name).plan(asked, fingerprint_of(asked, learn), minutes=0.2, gigabytes=4.0)
    journal = MemoryJournal(tmp_path)
    return METHODS.get(name).fit(asked, learn, cases(6, 50), plan, journal), journal, plan


def request(key, **covariates):
    return Case(key=key, patient=key, inputs={}, labels={}, covariates=covariates)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    return {name: fitted(name, tmp_path_factory.mktemp(name))[0] for name in ("pca_gaussian", "dcgan", "diffusion")}


@pytest.mark.parametrize("name", METHODS.names())
def test_a_request_is_answered_alike_after_saving_and_unlike_another(name, tmp_path):
    model, _, _ = fitted(name, tmp_path)
    model.save(tmp_path / "model")
    again = METHODS.get(name).load(tmp_path / "model")
    asked = [request("a", seed=1), request("b", seed=2), request("c", seed=1)]
    first = [p.answers["x"] for p in model.predict(asked, scratch=tmp_path)]
    second = [p.answers["x"] for p in again.predict(asked, scratch=tmp_path)]
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.array(), other.array())
    assert first[0].shape == (1, 8, 8)
    assert first[0].array().dtype == np.uint8  # as what was learned from
    np.testing.assert_array_equal(first[0].array(), first[2].array())
    assert (first[0].array() != first[1].array()).any()


def test_a_generated_image_has_the_size_of_the_patient(tmp_path):
    grid = plain_grid((20, 16), spacing=(0.4, 0.5), world="plane_mm")
    learn = CaseList([Case(key=c.key, patient=c.key, inputs={"x": held_image(c.inputs["x"].array(), grid)},
                           labels={}, covariates={}) for c in cases(4)])  # fmt: skip
    model, _, _ = fitted("pca_gaussian", tmp_path, learn=learn)
    (answer,) = model.predict([request("a")], scratch=tmp_path)
    assert answer.answers["x"].grid.spacing == (1.0, 1.0)  # 8 mm in 8 samples
    assert answer.answers["x"].grid.world == "plane_mm"
    assert answer.answers["x"].array().dtype == np.float32


def test_the_pca_sampler_has_mean_and_covariance_of_the_images(tmp_path):
    rng = np.random.default_rng(3)
    images = (rng.standard_normal((400, 1, 1, 1)) * np.linspace(-1, 1, 64).reshape(8, 8) * 0.3).astype(np.float32)
    method = METHODS.get("pca_gaussian")
    kept = method.keep(images)
    drawn = np.stack([method.draw(kept, np.random.default_rng(i)) for i in range(400)])
    assert len(kept["components"]) == 1
    np.testing.assert_allclose(drawn.std(axis=0), images.std(axis=0), atol=0.05)


@pytest.mark.parametrize("name", LEARNED)
def test_a_training_taken_up_goes_on_as_if_it_had_not_stopped(name, tmp_path):
    whole, _, plan = fitted(name, tmp_path)
    asked = study(method=name, settings=small(name))

    class Stops(MemoryJournal):
        def stop_now(self):
            return len(self.lines) == 7  # a growing network is in the middle of it

    journal = Stops(tmp_path)
    METHODS.get(name).fit(asked, cases(12), cases(6, 50), plan, journal)
    resumed = METHODS.get(name).fit(asked, cases(12), cases(6, 50), plan, journal)
    assert [step for step, _ in journal.lines] == list(range(1, 13))
    first, second = (m.network if name == "diffusion" else m.generator for m in (whole, resumed))
    for one, other in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


@pytest.mark.parametrize("name", LEARNED)
def test_words_are_conditions_and_an_unknown_one_is_refused(name, tmp_path):
    asked = study(method=name, settings=small(name), covariates=("finding", "seed"))
    model, _, _ = fitted(name, tmp_path, asked=asked, learn=cases(12, finding=("normal", "ill")))
    assert model.conditions.words == {"finding": ("ill", "normal")}
    said = list(model.predict([request("a", finding="ill", seed=1), request("a", finding="il")], scratch=tmp_path))
    assert isinstance(model, Generator)
    assert [model.refusal(request("a", finding=word)) for word in ("ill", "il")] == ["", said[1].refused]
    assert "unknown word '7.0'" in model.refusal(request("a", finding=7.0))
    assert "x" in said[0].answers
    assert said[1].refused.startswith("case a, column finding")
    assert "Did you mean ill" in said[1].refused


@pytest.fixture
def collapses_late(monkeypatch):
    """From step 30 on the networks learn far too fast; a collapse is called one early, so that the test is short."""

    def build(*asked, **how):
        learner = _build.build_learner(*asked, **how)
        plain = learner.step

        def step(number):
            for group in (*learner.optimizer.param_groups, *learner.critic_optimizer.param_groups):
                group["lr"] = 1.0 if number >= 30 else 0.02
            return plain(number)

        learner.step = step
        return learner

    monkeypatch.setattr(_adversarial, "build_learner", build)
    monkeypatch.setattr(_watch, "SETTLED_STEPS", 10)


LATE = {**SMALL, "steps": 48, "learning_rate": 0.02}


def test_a_late_collapse_goes_back_to_the_last_good_look_also_when_killed_on_the_collapse(tmp_path, collapses_late):
    model, journal, plan = fitted("dcgan", tmp_path, **LATE)
    assert re.fullmatch(r"step 3\d of 48: the generator's images have become alike.* that of step 30, .*", model.ended)
    assert diversity(model.sample(range(8), np.zeros((8, 0), np.float32))) > 0.1

    class Killed(MemoryJournal):
        def stop_now(self):
            return len(self.lines) == 32

    journal = Killed(tmp_path)
    asked = study(method="dcgan", settings=LATE)
    lost = METHODS.get("dcgan").fit(asked, cases(12), cases(6, 50), plan, journal)  # as saved by the clock
    assert diversity(lost.sample(range(8), np.zeros((8, 0), np.float32))) < 0.1
    again = METHODS.get("dcgan").fit(asked, cases(12), cases(6, 50), plan, journal)
    assert again.ended == model.ended
    for one, other in zip(model.generator.parameters(), again.generator.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_collapse_is_seen_without_tuning_images_and_without_a_good_look_there_is_no_model(tmp_path, monkeypatch):
    monkeypatch.setattr(_watch, "SETTLED_STEPS", 10)
    asked = study(method="dcgan", settings={**SMALL, "steps": 32, "learning_rate": 1.0})
    plan = METHODS.get("dcgan").plan(asked, fingerprint_of(asked, cases(12)), minutes=0.2, gigabytes=4.0)
    with pytest.raises(Diverged, match=r"step 10 of 32: .*become alike.* No look before it was good"):
        METHODS.get("dcgan").fit(asked, cases(12), cases(0), plan, MemoryJournal(tmp_path))


def test_a_diffusion_whose_loss_is_no_number_keeps_the_model_of_its_last_look(tmp_path, monkeypatch):
    plain = GradientLearner.step
    monkeypatch.setattr(GradientLearner, "step", lambda self, step: {**plain(self, step), **({"loss": np.nan} if step > 9 else {})})
    model, _, _ = fitted("diffusion", tmp_path)
    assert (
        model.ended == "step 11 of 12: the loss is no longer a number. The model is that of step 9, at the last look that was good."
    )
    model.save(tmp_path / "model")
    assert METHODS.get("diffusion").load(tmp_path / "model").ended == model.ended


@pytest.mark.parametrize("name", LEARNED)
def test_each_look_shows_images_of_the_same_seeds(name, tmp_path):
    _, journal, _ = fitted(name, tmp_path)
    looks = [step for step, values in journal.lines if "made_diversity" in values]
    assert list(journal.shown) == looks
    assert {images.shape for images in journal.shown.values()} == {(8, 1, 8, 8)}
    _, again, _ = fitted(name, tmp_path)
    np.testing.assert_array_equal(journal.shown[12], again.shown[12])


REAL = list(np.random.default_rng(0).random((20, 1, 8, 8)))


def watched(made, tmp_path, *, tune=(), **how):
    return Watch(None, made, learned=REAL, tune=tune, steps=1000, journal=MemoryJournal(tmp_path), **how)


def alike(seeds):
    return np.ones((len(seeds), 1, 8, 8)) + 1e-3 * np.random.default_rng(1).random((len(seeds), 1, 8, 8))


def test_alike_images_are_a_collapse_late_but_not_early_when_they_are_only_not_good(tmp_path):
    watch = watched(alike, tmp_path)
    seen = watch.validate(100)
    assert seen["made_diversity"] < 0.01
    with pytest.raises(Diverged, match="become alike"):
        watch.validate(500)
    assert not watch.good(400, seen)
    assert watched(alike, tmp_path, collapses=False).validate(500) == seen
    with pytest.raises(Diverged, match="no longer numbers"):
        watched(lambda seeds: np.full((len(seeds), 1, 8, 8), np.nan), tmp_path).validate(1)


def test_the_noise_of_untrained_networks_is_no_model_to_go_back_to(tmp_path):
    watch = watched(alike, tmp_path)
    assert not watch.good(200, {"made_diversity": 1.4})
    assert watch.good(250, {"made_diversity": 1.4})


def test_tuning_images_are_compared_with_and_learning_images_tell_the_diversity(tmp_path):
    seen = watched(lambda seeds: np.stack([REAL[seed] for seed in seeds]), tmp_path, tune=REAL).validate(900)
    assert seen["made_diversity"] == pytest.approx(1.0)
    assert seen["tune_kid"] < 0.05


def test_what_is_looked_at_is_taken_from_all_kinds():
    assert spread([0, 0, 0, 0, 1, 1, 1, 1], 2) == [0, 1]
    assert spread([0, 1], 5) == [0, 1]


def test_diversity_is_the_mean_distance_of_two_images():
    assert diversity(np.stack([np.zeros((1, 2, 2)), np.full((1, 2, 2), 3.0)])) == pytest.approx(3.0)


def test_a_study_of_images_alone_names_its_task_and_translation_keeps_its_own():
    assert task_of(study()).name == "generation"
    assert task_of(study(task=None)).name == "translation"
    assert TASKS.get("generation").requests


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"pair": "dcgn"}, "Did you mean dcgan"), ({"side": 20}, "power of two"), ({"batch": 0}, "1 or more")],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_timed(settings, said):
    asked = study(method="dcgan", settings=settings)
    with pytest.raises(SettingError, match=said):
        METHODS.get("dcgan").plan(asked, fingerprint_of(asked, cases(3)), minutes=1, gigabytes=4)


def test_volumes_are_refused():
    volume = {**fingerprint_of(study(), cases(3)), "dims": 3}
    with pytest.raises(StudyError, match="pictures of two axes"):
        frame_of(volume)


def test_a_case_without_a_seed_has_one_of_its_own():
    assert seed_of(request("a")) == seed_of(request("a")) != seed_of(request("b"))
    assert seed_of(request("a", seed=7.0)) == 7


@pytest.mark.parametrize(("asked", "seed"), [("12", 12), ("1.0", 1), ("1e3", 1000), (str(2**63 - 1), 2**63 - 1), ("0", 0)])
def test_a_seed_is_taken_as_it_stands(asked, seed):
    assert seed_of(request("a", seed=asked)) == seed


@pytest.mark.parametrize("asked", ["hello", "1.7", 1.7, "-1", "1e300", "1e999999999", "1e-999999999", "nan", "inf", str(2**63)])
@pytest.mark.parametrize("name", ["pca_gaussian", "dcgan", "diffusion"])
def test_a_seed_that_is_none_is_refused(name, asked, models, tmp_path):
    first, second = models[name].predict([request("a", seed=asked), request("b", seed=1)], scratch=tmp_path)
    assert f"case a, column seed: expected a whole number from 0 to 2^63 - 1, got {asked}" in first.refused
    assert first.refused == models[name].refusal(request("a", seed=asked))
    assert "x" in second.answers
