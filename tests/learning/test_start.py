"""Before the first step a network answers as if everybody were the mean learning case."""

import dataclasses

import numpy as np
import pytest
import torch

from isocenter.learning.exam.batch import collate
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.network import ExamNetwork, ExamNetworkConfig, look
from isocenter.learning.exam.start import start_at_the_mean
from isocenter.learning.heads.linear import Linear
from isocenter.learning.heads.poisson import Poisson
from isocenter.learning.heads.share_interval import ShareInterval

NUMBERS = 12


def items(rng):
    return [
        Item(
            keys=(str(i),), patient=str(i), targets=("n",), views=(rng.standard_normal((1, 1, 16, 16), dtype=np.float32),),
            present=np.ones((1, 1), np.float32), where={}, covariates=np.zeros(0, np.float32), truths={}, frames=(),
        )
        for i in range(NUMBERS)
    ]  # fmt: skip


def network(pooling, *, pooled_norm=False):
    torch.manual_seed(3)
    return ExamNetwork(
        ExamNetworkConfig(
            dimensions=2, channels=(1,), outputs={"n": 1}, encoder_settings={"widths": (4, 8)}, pooling=pooling, dropout=0.0,
            pooled_norm=pooled_norm,
        )
    )  # fmt: skip


def answers(made, shown):
    with torch.no_grad():
        return look(made.train(), collate(shown, truths={})).raw["n"]


@pytest.mark.parametrize(
    ("pooling", "head"),
    [
        ("average", ShareInterval(middle=0.1)),
        ("average_probability", ShareInterval(middle=0.1)),
        ("log_total", Poisson(mean=4.0)),
    ],
)
@pytest.mark.parametrize("pooled_norm", [False, True])
def test_the_mean_answer_is_that_of_the_mean_case(rng, pooling, head, pooled_norm):
    made, shown = network(pooling, pooled_norm=pooled_norm), items(rng)
    assert abs(answers(made, shown[:8]).mean().item() - head.start) > 0.4
    start_at_the_mean(made, {"n": head}, shown)
    both = torch.cat([answers(made, shown[:8]), answers(made, shown[8:])])  # in batches of eight, as it was moved
    assert both.mean().item() == pytest.approx(head.start, abs=0.1)


def test_the_statistics_of_normalizations_stay(rng):
    made = network("average", pooled_norm=True)
    before = {name: buffer.clone() for name, buffer in made.named_buffers() if not name.startswith("norms")}
    start_at_the_mean(made, {"n": ShareInterval(middle=0.1)}, items(rng))
    assert before
    for name, buffer in made.named_buffers():
        if name in before:
            torch.testing.assert_close(buffer, before[name])


def test_an_item_that_does_not_speak_of_a_target_moves_nothing(rng):
    made = network("average")
    before = made.heads["n"].bias.clone()
    start_at_the_mean(made, {"n": ShareInterval(middle=0.1)}, [dataclasses.replace(i, targets=()) for i in items(rng)])
    start_at_the_mean(made, {"n": Linear()}, items(rng))
    torch.testing.assert_close(made.heads["n"].bias, before)
