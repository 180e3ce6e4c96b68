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
    norm = PooledNorm(4).train()
    x = 3.0 + 1e-3 * torch.randn(64, 4)
    torch.testing.assert_close(norm(x, torch.ones(64, dtype=torch.bool)).std(dim=0), torch.ones(4), atol=0.02, rtol=0)


def test_rows_that_do_not_speak_stay_out_of_the_statistics():
    torch.manual_seed(0)
    x, speaks = torch.randn(12, 4), torch.arange(12) < 8
    other = torch.where(speaks[:, None], x, torch.full_like(x, 1e4))
    torch.testing.assert_close(PooledNorm(4).train()(x, speaks)[:8], PooledNorm(4).train()(other, speaks)[:8])


def test_a_single_row_takes_the_statistics_so_far():
    norm = PooledNorm(4).train()
    x = torch.randn(3, 4)
    before = norm.norm.running_mean.clone()
    torch.testing.assert_close(norm(x, torch.tensor([True, False, False])), x, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(norm.norm.running_mean, before)


def an_item(targets, rng, where=None):
    return Item(
        keys=("a",), patient="a", targets=targets, views=(rng.standard_normal((1, 1, 16, 16), dtype=np.float32),),
        present=np.ones((1, 1), np.float32), where=where or {}, covariates=np.zeros(0, np.float32), truths={}, frames=(),
    )  # fmt: skip


def test_the_mean_of_the_map_is_the_answer(rng):
    torch.manual_seed(0)
    config = ExamNetworkConfig(
        dimensions=2, channels=(1,), outputs={"n": 2}, encoder_settings={"widths": (4, 8)}, dropout=0.0, pooled_norm=True
    )
    network = ExamNetwork(config)
    batch = collate([an_item(("n",), rng) for _ in range(6)], truths={})
    for _ in range(3):
        look(network.train(), batch)
    with torch.no_grad():
        output = look(network.eval(), batch, maps=True)
    torch.testing.assert_close(output.maps["n"].flatten(3).mean(dim=3)[:, 0], output.raw["n"], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("pooling", ["average_probability", "noisy_or"])
def test_pooled_answers_have_no_scale_of_their_own_to_lose(pooling):
    config = ExamNetworkConfig(dimensions=2, channels=(1,), outputs={"n": 1}, pooling=pooling, pooled_norm=True)
    assert list(ExamNetwork(config).norms) == []


def test_an_item_of_another_region_speaks_nowhere(rng):
    inside = np.zeros((1, 1, 16, 16), bool)
    inside[..., :8] = True
    items = [an_item(("right",), rng, {"right": inside}), an_item(("left",), rng, {"left": inside})]
    batch: ExamBatch = collate(items, truths={})
    assert batch.where["right"][0].sum() == 128
    assert batch.where["right"][1].sum() == 0
