"""Both sides learn in turn: a curve is learned from pairs and without, and a restored state goes on as if never left."""

import numpy as np
import pytest
import torch
from torch import nn

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.cycle_lesson import CycleLesson
from isocenter.learning.generative.paired_lesson import PairedLesson
from isocenter.learning.generative.patch_critic import PatchCritic
from isocenter.learning.generative.translation_batch import PairedBatches, UnpairedBatches
from isocenter.learning.generative.translation_learner import TranslationConfig, TranslationLearner
from isocenter.learning.losses import LOSSES

STILL = AugmentationConfig(order=(), mirror_axes=(), rotation_probability=0.0, scaling_probability=0.0)
PATCH = (16, 16)


def network():
    return nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 1, 3, padding=1))


def sides(count=8):
    """A source, and its negative as target."""
    rng = np.random.default_rng(0)
    sources = [rng.normal(size=(1, 16, 16)).astype(np.float32) for _ in range(count)]
    return sources, [-0.5 * s for s in sources]


def paired(adversarial=1.0, steps=60):
    torch.manual_seed(0)
    lesson = PairedLesson(
        network(), PatchCritic(PATCH, 2, width=4, levels=1), PairedBatches(*sides(), PATCH, STILL, seed=0),
        adversary=ADVERSARIES.get("least_squares"), distance=LOSSES.get("l1"), adversarial=adversarial, fidelity=10.0,
    )  # fmt: skip
    return TranslationLearner(lesson, TranslationConfig(steps=steps, learning_rate=0.01, channels_last=False))


def cycled(steps=60):
    torch.manual_seed(0)
    lesson = CycleLesson(
        (network(), network()), (PatchCritic(PATCH, 1, width=4, levels=1), PatchCritic(PATCH, 1, width=4, levels=1)),
        UnpairedBatches(*sides(), PATCH, STILL, seed=0), adversary=ADVERSARIES.get("least_squares"),
        distance=LOSSES.get("l1"), adversarial=1.0, fidelity=10.0, seed=0,
    )  # fmt: skip
    return TranslationLearner(lesson, TranslationConfig(steps=steps, learning_rate=0.01, channels_last=False))


@pytest.mark.parametrize("adversarial", [0.0, 1.0])
def test_a_curve_is_learned_from_pairs(adversarial):
    learner = paired(adversarial)
    losses = [learner.step(i)["loss_fidelity"] for i in range(60)]
    assert losses[-1] < 0.3 * losses[0]


def test_without_an_opinion_the_critic_is_left_alone():
    learner = paired(adversarial=0.0)
    before = [p.clone() for p in learner.lesson.critics.parameters()]
    told = learner.step(0)
    assert all(torch.equal(a, b) for a, b in zip(before, learner.lesson.critics.parameters(), strict=True))
    assert not {"loss_critic", "loss_adversarial"} & set(told)


def test_there_and_back_an_image_becomes_itself():
    learner = cycled()
    losses = [learner.step(i)["loss_fidelity"] for i in range(60)]
    assert losses[-1] < 0.4 * losses[0]


@pytest.mark.parametrize("make", [paired, cycled])
def test_both_sides_learn_and_neither_spoils_the_other(make):
    learner = make()
    lesson = learner.lesson
    before = {name: [p.clone() for p in getattr(lesson, name).parameters()] for name in ("generators", "critics")}
    learner.step(0)
    for name, held in before.items():
        assert all(not torch.equal(a, b) for a, b in zip(held, getattr(lesson, name).parameters(), strict=True) if a.ndim > 1)
    assert all(p.requires_grad for p in lesson.critics.parameters())
    assert all(p.grad is None for p in (*lesson.critics.parameters(), *lesson.generators.parameters()))


@pytest.mark.parametrize("make", [paired, cycled])
def test_a_restored_learner_goes_on_bit_for_bit(make):
    straight, broken = make(), make()
    for i in range(5):
        straight.step(i)
        broken.step(i)
    resumed = make()
    resumed.restore(broken.state())
    for i in range(5, 9):
        assert straight.step(i) == resumed.step(i)
    for one, two in zip(straight.ema.network.parameters(), resumed.ema.network.parameters(), strict=True):
        assert torch.equal(one, two)


def test_the_rate_stays_and_then_falls_to_nothing():
    learner = paired(steps=10)
    rates = [learner.step(i)["learning_rate"] for i in range(10)]
    assert rates[:6] == [0.01] * 6
    assert rates[-1] == pytest.approx(0.002)
    assert rates[5:] == sorted(rates[5:], reverse=True)
