"""Frame networks: series of any length, around the cycle or not."""

import pytest
import torch

from isocenter.core.errors import PlanError
from isocenter.learning.frame_network import FrameNetwork, FrameNetworkConfig


def network(**fields):
    torch.manual_seed(0)
    return FrameNetwork(FrameNetworkConfig(**{"widths": (4, 8), "features": 6, **fields})).eval()


def test_each_series_gets_a_score_a_frame_and_event():
    scores = network(events=3)(torch.randn(5 + 9, 1, 16, 16), [5, 9])
    assert [tuple(s.shape) for s in scores] == [(5, 3), (9, 3)]


def test_a_cycle_may_begin_anywhere():
    """Rolled along time, a series gets the rolled scores; where it is no cycle it does not."""
    frames = torch.randn(8, 1, 16, 16)
    for cyclic in (True, False):
        net = network(cyclic=cyclic, features=32)  # few features may all be 0, and then every frame is alike
        still, rolled = net(frames, [8])[0], net(frames.roll(3, 0), [8])[0]
        assert torch.allclose(still.roll(3, 0), rolled, atol=1e-5) is cyclic


def test_series_do_not_see_one_another():
    frames = torch.randn(12, 1, 16, 16)
    net = network()
    together, alone = net(frames, [5, 7])[1], net(frames[5:], [7])[0]
    assert torch.allclose(together, alone, atol=1e-5)


def test_a_network_without_events_is_refused():
    with pytest.raises(PlanError):
        FrameNetworkConfig(events=0)
