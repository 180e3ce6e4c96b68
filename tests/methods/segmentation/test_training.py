"""Trainings with a regularizer: phases, steps, taking up again, and numbers that are none."""

import copy

import pytest
import torch

from isocenter.core.errors import SettingError
from isocenter.learning.gradient_learner import unmeasured
from isocenter.methods.segmentation._training import build_training

from .test_unet import drawn, settings_of

KINDS = [("adversarial", 0.0), ("shape", 0.0), ("adversarial", 1.0), ("shape", 1.0)]


def training_of(regularizer: str, edges: float = 0.0, **more: object):
    settings = settings_of("unet", edges, regularizer=regularizer, regularizer_share=0.5, **more)
    return build_training(settings, cases=drawn(settings), steps=8, seed=0, evaluate=unmeasured, outputs=2)


@pytest.mark.parametrize(("regularizer", "edges"), KINDS)
@pytest.mark.parametrize("left_at", [2, 6])
def test_a_training_taken_up_again_ends_as_one_that_was_not_left(regularizer: str, edges: float, left_at: int) -> None:
    whole = training_of(regularizer, edges)
    for step in range(left_at):
        whole.step(step)
    kept = copy.deepcopy(whole.state())
    first = [whole.step(step) for step in range(left_at, 8)]
    resumed = training_of(regularizer, edges)
    resumed.restore(kept)
    assert [resumed.step(step) for step in range(left_at, 8)] == first
    for a, b in zip(whole.last.ema.network.parameters(), resumed.last.ema.network.parameters(), strict=True):
        assert torch.equal(a, b)


def test_steps_on_masks_are_of_the_plan_and_none_without_a_shape_to_learn() -> None:
    shape, adversarial, plain = (training_of(name) for name in ("shape", "adversarial", "none"))
    names = [sorted(shape.step(step)) for step in range(8)]
    assert names == [["learning_rate", "masks_loss"]] * 4 + [["learning_rate", "loss"]] * 4
    assert shape.last.steps == 4
    assert "loss" in adversarial.step(0)
    assert adversarial.last.steps == plain.last.steps == 8


def test_both_draw_the_patches_of_the_plain_training_and_add_to_its_loss() -> None:
    plain, adversarial = training_of("none").step(0)["loss"], training_of("adversarial").step(0)["loss"]
    off = training_of("adversarial", regularizer_weight=0.0).step(0)["loss"]
    assert off == pytest.approx(plain, rel=1e-6)
    assert adversarial > plain


@pytest.mark.parametrize("regularizer", ["adversarial", "shape"])
def test_a_regularizer_whose_weights_are_no_numbers_makes_the_loss_none(regularizer: str) -> None:
    training = training_of(regularizer)
    kept = training.last.lesson.regularizer
    weights = next((kept.shapes if regularizer == "shape" else kept.critic).parameters())
    with torch.no_grad():
        weights.fill_(torch.nan)
    loss = training.last.step(0)["loss"]
    assert loss != loss


def test_a_regularizer_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingError, match="adversarial"):
        settings_of("unet", 0.0, regularizer="adverserial")
