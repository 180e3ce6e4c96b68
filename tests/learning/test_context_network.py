"""Two looks at one place."""

import pytest
import torch

from isocenter.learning.context_network import ContextNetwork, ContextNetworkConfig


@pytest.mark.parametrize("view", [(24, 24), (24, 24, 12), (24, 24, 24)])
def test_both_looks_move_the_answer(view: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    network = ContextNetwork(ContextNetworkConfig(dimensions=len(view), channels=2, view=view, widths=(4, 4, 4))).eval()
    views = torch.randn(3, 4, *view)
    answer = network(views)
    assert answer.shape == (3,)
    for part in (slice(0, 2), slice(2, 4)):
        other = views.clone()
        other[:, part] = 0
        assert not torch.allclose(network(other), answer)
