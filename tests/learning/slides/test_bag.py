"""What bags of tiles say."""

import pytest
import torch

from isocenter.core.errors import PlanError
from isocenter.learning.poolings import POOLINGS
from isocenter.learning.slides.bag import HEAT_MAP, STATISTICS, BagConfig, BagNetwork, heat_map_statistics


def test_a_heat_map_is_told_by_its_most_and_its_share():
    logits = torch.zeros(1, 2, 20)
    logits[0, 1] = -3.0
    logits[0, 1, 4] = 5.0
    most, three, tenth, mean, share = heat_map_statistics(logits, torch.ones(1, 1, 20))[0].tolist()
    assert most == pytest.approx(5.0)
    assert three == pytest.approx((5 - 3 - 3) / 3)
    assert tenth == pytest.approx((5 - 3) / 2)
    assert mean == pytest.approx((5 - 3 * 19) / 20)
    assert share == pytest.approx(float(torch.logit(torch.tensor(1.5 / 21))))


def test_tiles_that_are_not_there_say_nothing():
    logits = torch.randn(1, 3, 12, generator=torch.Generator().manual_seed(0))
    padded = torch.cat([logits, 5 * torch.ones(1, 3, 4)], dim=2)
    where = torch.cat([torch.ones(1, 1, 12), torch.zeros(1, 1, 4)], dim=2)
    alone = heat_map_statistics(logits, torch.ones(1, 1, 12))
    assert torch.allclose(heat_map_statistics(padded, where), alone)
    assert alone.shape == (1, 2 * STATISTICS)


@pytest.mark.parametrize("pooling", [HEAT_MAP, *POOLINGS.names()])
def test_order_of_tiles_does_not_matter(pooling):
    torch.manual_seed(0)
    network = BagNetwork(BagConfig(features=6, classes=2, pooling=pooling, outputs=3)).eval()
    features, logits, where = torch.randn(2, 6, 9), torch.randn(2, 2, 9), torch.ones(2, 1, 9)
    raw = network(features, logits, where)
    assert raw.shape == (2, 3)
    turned = network(features.flip(2), logits.flip(2), where)
    assert torch.allclose(raw, turned, atol=1e-5)


def test_attention_shares_sum_to_one():
    network = BagNetwork(BagConfig(features=6, classes=0, pooling="attention", outputs=1))
    assert float(network.attention(torch.randn(1, 6, 9), torch.ones(1, 1, 9)).sum().detach()) == pytest.approx(1.0, abs=1e-5)
    assert (
        BagNetwork(BagConfig(features=6, classes=0, pooling="average", outputs=1)).attention(
            torch.randn(1, 6, 9), torch.ones(1, 1, 9)
        )
        is None
    )


def test_what_goes_in_is_brought_to_one_scale():
    network = BagNetwork(BagConfig(features=2, classes=0, pooling="average", outputs=1))
    values = torch.tensor([[1.0, 10.0], [3.0, 30.0]])
    network.scale_to(values)
    assert network.get_buffer("mean").tolist() == [2.0, 20.0]


def test_a_heat_map_needs_classes():
    with pytest.raises(PlanError, match="regions"):
        BagConfig(features=2, classes=0, pooling=HEAT_MAP, outputs=1)
