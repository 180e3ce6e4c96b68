"""The averaged weights follow, slowly, and stand still when the network does."""

import pytest
import torch
from torch import nn

from isocenter.learning.ema import EMA


def linear(value: float) -> nn.Linear:
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, value)
    return network


def test_a_network_that_stands_still_is_its_own_average():
    network = linear(2.0)
    ema = EMA(network, decay=0.9)
    for _ in range(5):
        ema.update(network)
    assert ema.network.weight.item() == 2.0


def test_the_average_moves_by_the_share_the_warm_up_allows():
    network = linear(0.0)
    ema = EMA(network, decay=0.9)
    nn.init.constant_(network.weight, 1.0)
    ema.update(network)
    assert ema.network.weight.item() == pytest.approx(1 - 1 / 11)


def test_the_average_survives_saving():
    network = linear(0.0)
    ema = EMA(network, decay=0.9)
    nn.init.constant_(network.weight, 1.0)
    ema.update(network)
    other = EMA(linear(5.0), decay=0.9)
    other.restore(ema.state())
    assert torch.equal(other.network.weight, ema.network.weight)
    assert other.steps == 1
