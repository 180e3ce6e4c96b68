"""DCGAN as in the paper: from 4 x 4 up, halved features at each doubling, small normal weights."""

import torch
from torch import nn

from isocenter.learning.generative.networks.dcgan import PAIR
from isocenter.learning.generative.pair import GeneratorConfig


def test_features_halve_as_the_side_doubles():
    config = GeneratorConfig(side=32, width=8)
    assert [config.features(level) for level in range(config.levels + 1)] == [64, 32, 16, 8]
    generator, critic = PAIR.build(config)
    assert [c.out_channels for c in generator.modules() if isinstance(c, nn.ConvTranspose2d)] == [32, 16, 8]
    assert [c.out_channels for c in critic.modules() if isinstance(c, nn.Conv2d)] == [8, 16, 32, 64]


def test_weights_start_small_and_images_stay_in_range():
    generator, _ = PAIR.build(GeneratorConfig(side=16, width=16))
    weights = torch.cat([c.weight.flatten() for c in generator.modules() if isinstance(c, nn.ConvTranspose2d)])
    assert 0.018 < weights.std() < 0.022
    assert generator(100 * torch.randn(4, 64), torch.zeros(4, 0)).abs().max() <= 1


def test_under_a_penalty_the_critic_has_no_batch_statistics():
    _, critic = PAIR.build(GeneratorConfig(normalized_critic=False))
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in critic.modules())
