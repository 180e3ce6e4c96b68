"""Mixed supervision: one network learns few masks and many counts, and each label teaches what it can."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.study import Study, Target
from isocenter.methods._exam.method import learned_targets
from isocenter.methods.multitask.cnn import METHOD
from isocenter.methods.multitask.label_means import METHOD as MEANS
from isocenter.methods.registry import measured_by, task_of
from tests.methods.in_memory import MemoryJournal, fingerprint_of

SHAPE = (24, 20)
TARGETS = (
    Target(name="spots", type="mask", columns="spots", classes=("nothing", "spot")),
    Target(name="count", type="count", columns="count", unit="spots"),
)
SETTINGS = {
    "size": [24, 24], "encoder_settings": {"widths": [8, 16], "out_features": 8}, "batch": 8, "steps": 45, "augmentation": 0.0,
    "dropout": 0.0, "learning_rate": 2e-2, "precision": "float32", "calibrate": False,
}  # fmt: skip


def study(**settings):
    return Study(name="mixed", cases="cases.csv", inputs={"x": "x"}, targets=TARGETS, settings={**SETTINGS, **settings})


def drawn(count=20, *, masks=10, counts=16, seed=0):
    """Bright 3 × 3 spots on noise; the first cases have masks, the last ones counts, some in between both."""
    rng = np.random.default_rng(seed)
    cases = []
    for index in range(count):
        inside = np.zeros(SHAPE, np.uint8)
        places = rng.permutation([(a, b) for a in range(2, 20, 6) for b in range(2, 16, 6)])[: int(rng.integers(1, 7))]
        for a, b in places:
            inside[a : a + 3, b : b + 3] = 1
        grid = plain_grid(SHAPE)
        labels = {}
        if index < masks:
            labels["spots"] = held_mask(inside, grid, TARGETS[0].classes)
        if index >= count - counts:
            labels["count"] = Amount(value=float(len(places)), unit="spots")
        image = held_image((inside + 0.2 * rng.standard_normal(SHAPE)).astype(np.float32)[None], grid)
        cases.append(Case(key=f"c{index}", patient=f"p{index}", inputs={"x": image}, labels=labels, covariates={}, regions={}))
    return CaseList(cases)


def fitted(asked, folder, method=METHOD, cases=None):
    learn = drawn() if cases is None else cases
    plan = method.plan(asked, fingerprint_of(asked, learn), minutes=1, gigabytes=8)
    journal = MemoryJournal(folder)
    return method.fit(asked, learn, drawn(6, masks=6, counts=6, seed=1), plan, journal), plan, journal


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    return fitted(study(weights={"spots": 3}), tmp_path_factory.mktemp("mixed"))


def answers(model, folder):
    cases = drawn(8, masks=8, counts=8, seed=2)
    return cases, [p.answers for p in model.predict(cases, scratch=folder)]


def test_masks_and_counts_are_one_task_and_each_is_measured_as_its_own():
    assert task_of(study()).name == "multitask"
    assert [measured_by(study(), t).name for t in TARGETS] == ["segmentation", "counting"]


def test_few_masks_and_many_counts_teach_one_network(mixed, tmp_path):
    model, plan, journal = mixed
    assert plan.config(type(model.settings)).encoder == "unet_features"
    assert {"tune_loss_spots", "tune_loss_count"} <= set().union(*(values for _, values in journal.lines))
    cases, said = answers(model, tmp_path)
    dice, errors = [], []
    for case, answer in zip(cases, said, strict=True):
        assert isinstance(answer["spots"], Mask)
        assert answer["spots"].grid.shape == SHAPE
        one, other = answer["spots"].region("spot"), case.labels["spots"].region("spot")
        dice.append(2 * (one & other).sum() / (one.sum() + other.sum()))
        errors.append(abs(answer["count"].value - case.labels["count"].value))
    assert np.mean(dice) > 0.8
    assert np.mean(errors) < np.std([case.labels["count"].value for case in cases])


def test_a_saved_model_answers_as_before(mixed, tmp_path):
    model, _, _ = mixed
    model.save(tmp_path / "model")
    for one, other in zip(answers(model, tmp_path)[1], answers(METHOD.load(tmp_path / "model"), tmp_path)[1], strict=True):
        assert np.array_equal(one["spots"].labels.array(), other["spots"].labels.array())
        assert one["count"].value == pytest.approx(other["count"].value, abs=1e-5)


def test_a_label_of_weight_0_is_neither_learned_nor_answered(tmp_path):
    model, plan, _ = fitted(study(weights={"count": 0}, steps=2), tmp_path)
    assert set(model.network.heads) == {"spots"}
    assert all(set(answer) == {"spots"} for answer in answers(model, tmp_path)[1])
    model, other, _ = fitted(study(weights={"spots": 0}, steps=2), tmp_path)
    assert set(model.network.heads) == {"count"}
    encoders = {p.config(type(model.settings)).encoder for p in (plan, other)}
    assert encoders == {"unet_features"}


@pytest.mark.parametrize(
    ("weights", "message"),
    [({"cuont": 0}, "Did you mean count"), ({"count": -1}, "weights of 0 or more"), ({"count": 0, "spots": 0}, "more than 0")],
)
def test_weights_that_cannot_be_are_refused(weights, message):
    with pytest.raises(SettingError, match=message):
        learned_targets(study(), METHOD.card, weights)


def test_the_baseline_says_nothing_is_there_on_the_grid_of_the_image(tmp_path):
    model, _, _ = fitted(study().model_copy(update={"settings": {}}), tmp_path, MEANS)
    model.save(tmp_path / "means")
    cases, said = answers(MEANS.load(tmp_path / "means"), tmp_path)
    assert said[0]["spots"].grid is next(iter(cases)).inputs["x"].grid
    assert not said[0]["spots"].labels.array().any()
    assert {answer["count"].value for answer in said} == {
        np.mean([c.labels["count"].value for c in drawn() if "count" in c.labels])
    }
