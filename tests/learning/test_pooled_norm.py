"""Pooled features are brought to one scale; the map still says what the answer is made of."""

import numpy as np
import pytest
import torch

from isocenter.learning.exam.batch import ExamBatch, collate
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig, look
from isocenter.learning.exam.pooled_norm import PooledNorm


def test_what_differs_by_a_thousandth_differs_by_a_deviation_afterwards():
    torch.manual_seed(0)
    x = 3.0 + 1e-3 * torch.randn(64, 4)
    torch.testing.assert_close(PooledNorm(4).train()(x, torch.ones(64, 1)).std(dim=0), torch.ones(4), atol=0.02, rtol=0)


@pytest.mark.parametrize("places", [(), (7,)])
def test_what_does_not_count_stays_out_of_the_statistics(places):
    torch.manual_seed(0)
    x = torch.randn(12, 4, *places)
    where = (torch.rand(12, 1, *places) > 0.4).float()
    other = torch.where(where > 0, x, torch.full_like(x, 1e4))
    one, two = (PooledNorm(4).train()(values, where) for values in (x, other))
    torch.testing.assert_close(one, two)
    assert (one.movedim(1, -1)[where[:, 0] == 0] == 0).all()


def test_a_single_number_takes_the_statistics_so_far():
    norm = PooledNorm(4).train()
    x = torch.randn(3, 4)
    before = norm.norm.running_mean.clone()
    torch.testing.assert_close(norm(x, torch.tensor([[1.0], [0.0], [0.0]])), x, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(norm.norm.running_mean, before)


def test_places_get_the_deviation_asked_for():
    torch.manual_seed(0)
    said = PooledNorm(1, slope=2.0).train()(5.0 + 0.01 * torch.randn(6, 1, 40), torch.ones(6, 1, 40))
    assert said.std().item() == pytest.approx(2.0, rel=0.02)


def an_item(targets, rng, where=None):
    return Item(
        keys=("a",), patient="a", targets=targets, views=(rng.standard_normal((1, 1, 16, 16), dtype=np.float32),),
        present=np.ones((1, 1), np.float32), where=where or {}, covariates=np.zeros(0, np.float32), truths={}, frames=(),
    )  # fmt: skip


def network(pooling):
    torch.manual_seed(0)
    config = ExamNetworkConfig(
        dimensions=2, channels=(1,), outputs={"n": 2}, encoder_settings={"widths": (4, 8)}, dropout=0.0, pooled_norm=True,
        pooling=pooling,
    )  # fmt: skip
    return ExamNetwork(config)


@pytest.mark.parametrize(
    ("pooling", "pooled"),
    [
        ("average", lambda said: said.mean(dim=3)),
        ("average_probability", lambda said: torch.logit(torch.sigmoid(said).mean(dim=3))),
        ("maximum_answer", lambda said: said.amax(dim=3)),
    ],
)
def test_the_map_pooled_is_the_answer(rng, pooling, pooled):
    made = network(pooling)
    batch = collate([an_item(("n",), rng) for _ in range(6)], truths={})
    for _ in range(3):
        look(made.train(), batch)
    with torch.no_grad():
        output = look(made.eval(), batch, maps=True)
    torch.testing.assert_close(pooled(output.maps["n"].flatten(3))[:, 0], output.raw["n"], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("pooling", ["average", "average_probability"])
def test_the_last_bias_moves_the_answers(rng, pooling):
    made, batch = network(pooling).train(), collate([an_item(("n",), rng) for _ in range(6)], truths={})
    with torch.no_grad():
        before = look(made, batch).raw["n"]
        made.last_bias("n").add_(1.0)
        after = look(made, batch).raw["n"]
    assert (after > before + 0.2).all()


def test_an_item_of_another_region_speaks_nowhere(rng):
    inside = np.zeros((1, 1, 16, 16), bool)
    inside[..., :8] = True
    items = [an_item(("right",), rng, {"right": inside}), an_item(("left",), rng, {"left": inside})]
    batch: ExamBatch = collate(items, truths={})
    assert batch.where["right"][0].sum() == 128
    assert batch.where["right"][1].sum() == 0
