"""Anomaly methods: whom they learn from, what they answer, in which geometry, and what they refuse."""

import numpy as np
import pytest
import torch

from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.learning.generative.adversarial_learner import AdversarialLearner
from isocenter.learning.gradient_learner import GradientLearner
from isocenter.methods.anomaly._calibrate import levels_of, score_of
from isocenter.methods.anomaly._normals import normal_cases
from isocenter.methods.anomaly._patches import cut, spread
from isocenter.methods.anomaly.foreign_patches import ForeignSettings
from isocenter.methods.registry import claim_of, methods_of, task_of
from tests.methods.in_memory import MemoryJournal, fingerprint_of

METHODS = methods_of("anomaly")
LEARNED = [name for name in METHODS.names() if METHODS.get(name).card.learned]
SMALL = {
    "foreign_patches": {"widths": [4, 8], "batch": 2, "precision": "float32"},
    "autoencoder": {"widths": [4, 8], "code": 1, "batch": 4, "precision": "float32"},
    "patch_discriminator": {"patch": 8, "patches": 32, "width": 4, "latent": 4, "batch": 4, "step": 4},
    "f_anogan": {"patch": 8, "patches": 32, "width": 4, "latent": 4, "batch": 4, "step": 4},
}
ILL = Target(name="ill", type="class", columns="ill", classes=("normal", "abnormal"), use="score")
SPOT = Target(name="spot", type="mask", columns="spot", classes=("background", "spot"), use="score")
SHAPE = (20, 16)


def study(name, *targets, **settings):
    learned = {"steps": 6, "side": 16, **SMALL[name]} if name in LEARNED else {"side": 16}
    given = {"name": "s", "cases": "cases.csv", "inputs": {"x": "x"}, "task": "anomaly", "method": name}
    return Study.model_validate({**given, "targets": targets or (ILL, SPOT), "settings": {**learned, **settings}})


def case(key, ill, seed=None, patient=None):
    rng = np.random.default_rng(abs(hash(key)) % 1000 if seed is None else seed)
    samples = (100 + 10 * rng.standard_normal((1, *SHAPE))).clip(0, 255)
    samples[:, :4] = 0
    spot = np.zeros(SHAPE, np.uint8)
    if ill:
        spot[8:13, 5:10] = 1
        samples[:, spot > 0] = 250
    grid = plain_grid(SHAPE)
    labels = {
        "ill": Scores(p=np.array([1.0 - ill, float(ill)]), names=ILL.classes),
        "spot": held_mask(spot, grid, SPOT.classes),
    }
    image = held_image(samples.astype(np.uint8), grid)
    return Case(key=key, patient=patient or key, inputs={"x": image}, labels=labels, covariates={})


LEARN = CaseList([case(f"l{i}", ill=i >= 8, seed=i) for i in range(10)])
TUNE = CaseList([case(f"t{i}", ill=i >= 4, seed=50 + i) for i in range(6)])


def fitted(name, tmp_path, asked=None, learn=LEARN, tune=TUNE, journal=None):
    asked = asked or study(name)
    plan = METHODS.get(name).plan(asked, fingerprint_of(asked, learn), minutes=0.1, gigabytes=1.0)
    return METHODS.get(name).fit(asked, learn, tune, plan, journal or MemoryJournal(tmp_path))


def test_a_study_that_only_scores_has_a_task_and_a_claim():
    asked = study("mean_image")
    assert task_of(asked).name == "anomaly"
    assert asked.claimed.name == "ill"
    assert claim_of(asked).primary == "auc"


def test_cases_known_to_be_abnormal_are_not_learned_from():
    assert [c.key for c in normal_cases(LEARN, (ILL, SPOT))] == [f"l{i}" for i in range(8)]
    unlabeled = Case(key="u", patient="u", inputs={}, labels={}, covariates={})
    assert list(normal_cases([unlabeled], (ILL, SPOT))) == [unlabeled]


@pytest.mark.parametrize("name", METHODS.names())
def test_what_is_learned_does_not_depend_on_abnormal_learning_cases(name, tmp_path):
    alone = CaseList([LEARN[f"l{i}"] for i in range(8)])
    asked = [case("a", ill=True, seed=90)]
    first, second = (
        next(iter(fitted(name, tmp_path, learn=learn).predict(asked, scratch=tmp_path))).answers["ill"].p
        for learn in (LEARN, alone)
    )
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", METHODS.names())
def test_score_mask_and_map_come_in_the_image_geometry_and_survive_saving(name, tmp_path):
    model = fitted(name, tmp_path)
    model.save(tmp_path / "model")
    again = METHODS.get(name).load(tmp_path / "model")
    asked = [case("a", ill=True, seed=90), case("b", ill=False, seed=91)]
    for one, two in zip(model.predict(asked, scratch=tmp_path), again.predict(asked, scratch=tmp_path), strict=True):
        assert one.refused is None
        p = one.answers["ill"].p
        assert 0 < p[1] < 1
        np.testing.assert_array_equal(p, two.answers["ill"].p)
        found = one.extras["spot:probability"]
        assert found.shape == (1, *SHAPE)
        assert found.grid.same_as(asked[0].inputs["x"].grid)
        np.testing.assert_array_equal(found.array(), two.extras["spot:probability"].array())
        np.testing.assert_array_equal(found.array()[0] > 0.5, one.answers["spot"].region("spot"))


@pytest.mark.parametrize("name", ["smoothed_intensity", "mean_image"])
def test_a_bright_spot_stands_out_for_both_baselines(name, tmp_path):
    model = fitted(name, tmp_path)
    ill, well = model.predict([case("a", ill=True, seed=90), case("b", ill=False, seed=91)], scratch=tmp_path)
    assert ill.answers["ill"].p[1] > well.answers["ill"].p[1]
    found, truth = ill.answers["spot"].region("spot"), case("a", ill=True).labels["spot"].region("spot")
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.7


def test_dark_lesions_are_sought_where_that_is_asked_for(tmp_path):
    model = fitted("smoothed_intensity", tmp_path, study("smoothed_intensity", dark=True))
    ill, well = model.predict([case("a", ill=True, seed=90), case("b", ill=False, seed=90)], scratch=tmp_path)
    assert ill.answers["ill"].p[1] <= well.answers["ill"].p[1]


@pytest.mark.parametrize("name", LEARNED)
def test_a_training_taken_up_again_ends_where_one_in_a_piece_does(name, tmp_path):
    class Stops(MemoryJournal):
        asked = 0

        def stop_now(self):
            self.asked += 1
            return self.asked == 5  # of 6: in f_anogan's second half

    whole = fitted(name, tmp_path)
    journal = Stops(tmp_path)
    fitted(name, tmp_path, journal=journal)
    resumed = fitted(name, tmp_path, journal=journal)
    images = np.random.default_rng(0).uniform(-1, 1, (2, 1, 16, 16)).astype(np.float32)
    np.testing.assert_array_equal(whole.scorer.score(images), resumed.scorer.score(images))


LAST_STEP = {"patch_discriminator": (AdversarialLearner, 6), "f_anogan": (GradientLearner, 2)}
"""Whose step is the last of the training; of the others the network's own sixth."""


@pytest.mark.parametrize("name", LEARNED)
def test_a_loss_that_is_no_number_leaves_the_detector_of_the_last_look(name, tmp_path, monkeypatch):
    kind, at = LAST_STEP.get(name, (GradientLearner, 6))
    plain = kind.step

    def step(self, number):
        self.done = getattr(self, "done", 0) + 1
        return plain(self, number) if self.done < at else {"loss": np.nan}

    monkeypatch.setattr(kind, "step", step)
    model = fitted(name, tmp_path)
    assert "the loss is no longer a number. The model is that of step 5," in model.ended


def test_an_autoencoder_draws_what_it_learned_better_than_what_it_did_not(tmp_path):
    torch.manual_seed(0)
    asked = study("autoencoder", steps=150)
    model = fitted("autoencoder", tmp_path, asked)
    ill, well = model.predict([case("a", ill=True, seed=90), case("b", ill=False, seed=91)], scratch=tmp_path)
    assert ill.answers["ill"].p[1] > well.answers["ill"].p[1]


def test_a_case_without_the_image_is_refused_and_the_stream_goes_on(tmp_path):
    model = fitted("mean_image", tmp_path)
    empty = Case(key="e", patient="e", inputs={}, labels={}, covariates={})
    first, second = model.predict([empty, case("b", ill=False)], scratch=tmp_path)
    assert "expected an image" in first.refused
    assert second.refused is None


def test_rows_of_a_patient_share_the_largest_score_where_the_label_is_the_patients(tmp_path):
    of_patient = ILL.model_copy(update={"per": "patient"})
    model = fitted("mean_image", tmp_path, study("mean_image", of_patient))
    rows = [case("a", ill=False, seed=1, patient="p"), case("b", ill=True, seed=2, patient="p"), case("c", ill=False, seed=3)]
    first, second, third = (p.answers["ill"].p[1] for p in model.predict(rows, scratch=tmp_path))
    assert first == second > third


def test_a_study_without_masks_still_shows_where(tmp_path):
    model = fitted("mean_image", tmp_path, study("mean_image", ILL))
    said = next(iter(model.predict([case("a", ill=True)], scratch=tmp_path)))
    assert set(said.answers) == {"ill"}
    assert said.extras["ill:map"].shape == (1, *SHAPE)


def test_only_abnormal_cases_are_nothing_to_learn_from(tmp_path):
    with pytest.raises(StudyError, match="of which 4 are abnormal"):
        fitted("mean_image", tmp_path, learn=CaseList([case(f"i{i}", ill=True) for i in range(4)]))


def test_more_than_two_classes_are_refused_with_what_to_do(tmp_path):
    kinds = ILL.model_copy(update={"classes": ("none", "bright", "dark")})
    with pytest.raises(StudyError, match="groups"):
        fitted("mean_image", tmp_path, study("mean_image", kinds))


def test_a_study_needs_a_class_that_says_what_is_normal(tmp_path):
    with pytest.raises(StudyError, match="type class"):
        fitted("mean_image", tmp_path, study("mean_image", SPOT))


@pytest.mark.parametrize("wrong", [{"grown": 1.5}, {"untouched": 1.0}, {"radius": [0.2, 0.1]}])
def test_what_cannot_be_blended_in_is_refused(wrong, tmp_path):
    with pytest.raises(SettingError):
        fitted("foreign_patches", tmp_path, study("foreign_patches", **wrong))


@pytest.mark.parametrize("wrong", [{"side": 24}, {"top_share": 0.0}])
def test_settings_that_cannot_work_are_refused(wrong, tmp_path):
    with pytest.raises(SettingError):
        fitted("mean_image", tmp_path, study("mean_image", **wrong))


def test_the_score_is_the_mean_of_the_highest_part():
    found = np.zeros((10, 10), np.float32)
    found[0, :2] = 3.0
    assert score_of(found, 0.02) == 3.0
    assert score_of(found, 0.04) == 1.5


def test_levels_are_a_quantile_of_normal_scores_and_the_best_dice():
    rng = np.random.default_rng(0)
    normal = [rng.uniform(0, 1, (8, 8)).astype(np.float32) for _ in range(40)]
    truth = np.zeros((8, 8), bool)
    truth[2:4, 2:5] = True
    ill = np.where(truth, 5.0, rng.uniform(0, 1, (8, 8))).astype(np.float32)
    levels = levels_of(normal, [(ill, truth)], 0.02)
    assert np.mean([score_of(one, 0.02) > levels.image for one in normal]) == pytest.approx(0.05)
    assert ((ill > levels.sample) == truth).all()
    assert levels_of(normal, [], 0.02).sample == pytest.approx(float(np.quantile(np.stack(normal), 0.995)))


def test_patches_that_show_nothing_are_left_out_and_maps_are_means_of_patches():
    images = np.full((1, 1, 16, 16), -1.0, np.float32)
    images[0, 0, 10:, 10:] = np.random.default_rng(0).uniform(-1, 1, (6, 6))
    pieces = cut(images, 8, 10, np.random.default_rng(1))
    assert pieces.shape == (10, 1, 8, 8)
    assert pieces.std(axis=(1, 2, 3)).min() > 0.04
    found = spread(images, 8, 4, lambda patches: np.full(len(patches), 2.0, np.float32))
    assert found[0, 12, 12] == 2.0
    assert found[0, 0, 0] == 0.0


@pytest.mark.parametrize("side", [8, 16, 64])
def test_a_small_side_bears_fewer_levels(side):
    network = ForeignSettings(side=side, widths=(4, 8, 8, 8)).network()
    assert network(torch.zeros(1, 1, side, side)).shape == (1, 1, side, side)
