"""Two networks learn against each other, and go on after a stop as if there had been none."""

import copy

import numpy as np
import pytest
import torch

from isocenter.learning.generative.adversarial_learner import AdversarialConfig, AdversarialLearner
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.networks import PAIRS
from isocenter.learning.generative.pair import GeneratorConfig


def learner(*, adversary="non_saturating", pair="dcgan", steps=40, images=None, **config):
    torch.manual_seed(0)
    images = np.zeros((8, 1, 8, 8), np.float32) if images is None else images
    networks = PAIRS.get(pair).build(GeneratorConfig(side=8, latent=4, width=8, normalized_critic=adversary != "wasserstein"))
    given = AdversarialConfig(steps=steps, batch=4, latent=4, **config)
    said = np.zeros((len(images), 0), np.float32)
    return AdversarialLearner(*networks, ADVERSARIES.get(adversary), images, said, given)


@pytest.mark.parametrize("pair", PAIRS.names())
def test_a_state_taken_up_takes_the_same_steps(pair):
    one, other = learner(pair=pair), learner(pair=pair, seed=5)
    for step in range(5):
        one.step(step)
    other.restore(copy.deepcopy(one.state()))  # as from a file
    assert [one.step(step) for step in (5, 6)] == [other.step(step) for step in (5, 6)]


def test_the_critic_looks_as_often_as_asked(monkeypatch):
    made = learner(critic_steps=3)
    looks = []
    monkeypatch.setattr(made.critic_optimizer, "step", lambda: looks.append(1))
    assert set(made.step(0)) == {"loss_generator", "loss_critic"}
    assert len(looks) == 3


def test_a_generator_learns_how_bright_the_images_are():
    images = np.full((8, 1, 8, 8), 0.6, np.float32)
    made = learner(adversary="wasserstein", steps=250, images=images, learning_rate=1e-3, critic_steps=3)
    for step in range(250):
        made.step(step)
    with torch.no_grad():
        shown = made.ema.network(torch.randn(16, 4), torch.zeros(16, 0), 1.0)
    assert shown.mean().item() == pytest.approx(0.6, abs=0.2)
