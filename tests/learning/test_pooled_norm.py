"""Pooled features are brought to one scale; the map still says what the answer is made of."""

import numpy as np
import pytest
import torch

from isocenter.learning.exam.batch import ExamBatch, collate
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig, look
from isocenter.learning.exam.pooled_norm import PooledNorm


def trained(x, where, **how):
    """A norm that has seen a batch over and over."""
    norm = PooledNorm(x.shape[1], **how).train()
    for _ in range(5):
        norm(x, where)
    return norm.eval()


def test_what_differs_by_a_thousandth_differs_by_a_deviation_afterwards():
    torch.manual_seed(0)
    x, where = 3.0 + 1e-3 * torch.randn(64, 4), torch.ones(64, 1)
    y = trained(x, where)(x, where)
    torch.testing.assert_close(y.std(dim=0), torch.ones(4), atol=0.05, rtol=0)
    torch.testing.assert_close(y.mean(dim=0), torch.zeros(4), atol=0.05, rtol=0)


@pytest.mark.parametrize("places", [(), (7,)])
def test_what_does_not_count_stays_out_of_the_statistics(places):
    torch.manual_seed(0)
    x = torch.randn(12, 4, *places)
    where = (torch.rand(12, 1, *places) > 0.4).float()
    other = torch.where(where > 0, x, torch.full_like(x, 1e4))
    torch.testing.assert_close(trained(x, where)(x, where), trained(other, where)(x, where))


def test_who_else_is_in_a_batch_changes_an_answer_little():
    torch.manual_seed(0)
    norm, where = PooledNorm(1).train(), torch.ones(4, 1)
    for _ in range(100):
        norm(torch.randn(4, 1), where)
    x = torch.tensor([[0.5]])
    first = norm(torch.cat([x, torch.zeros(3, 1)]), where)[0]
    second = norm(torch.cat([x, torch.full((3, 1), 2.0)]), where)[0]
    assert abs((first - second).item()) < 0.3  # by the batch's own statistics it would be 1.7 against -1.7


def test_a_batch_in_which_nobody_speaks_teaches_nothing():
    norm = PooledNorm(4).train()
    norm(torch.randn(3, 4), torch.zeros(3, 1))
    torch.testing.assert_close(norm.mean, torch.zeros(4))
    assert int(norm.batches) == 0


def test_places_get_the_deviation_asked_for():
    torch.manual_seed(0)
    x, where = 5.0 + 0.01 * torch.randn(6, 1, 40), torch.ones(6, 1, 40)
    assert trained(x, where, slope=2.0)(x, where).std().item() == pytest.approx(2.0, rel=0.05)


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
