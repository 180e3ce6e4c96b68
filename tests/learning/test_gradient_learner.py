"""One network by gradients: the schedule ends, groups learn at their own rates, and a restored state goes on as if never left."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.learning.gradient_learner import GradientConfig, GradientLearner


class Line:
    """Lesson: y = 2 x, with noise of its own."""

    def __init__(self):
        self.generator = torch.Generator().manual_seed(0)
        self.heard = []

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        x = torch.randn(16, 1, generator=self.generator)
        return (network(place(x)) - 2 * x).square().mean()

    def learned(self, loss: float) -> None:
        self.heard.append(loss)

    def state(self) -> Mapping[str, Any]:
        return {"generator": self.generator.get_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.generator.set_state(state["generator"])


def learner(**changes):
    torch.manual_seed(0)
    config = GradientConfig(dimensions=0, steps=60, learning_rate=0.1, weight_decay=0.0)
    return GradientLearner(nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1)), Line(), config, **changes)


def test_it_learns_a_line_and_the_lesson_hears_every_loss():
    made = learner()
    losses = [made.step(i)["loss"] for i in range(60)]
    assert losses[-1] < 0.05 * losses[0]
    assert made.lesson.heard == losses
    assert made.step(59)["learning_rate"] < 1e-3


def test_a_group_without_a_rate_stays_where_it_is():
    made = learner(groups=lambda n, rate: [{"params": n[0].parameters(), "lr": 0.0}, {"params": n[1].parameters(), "lr": rate}])
    before = [p.detach().clone() for p in made.network.parameters()]
    for i in range(3):
        made.step(i)
    after = list(made.network.parameters())
    assert torch.equal(before[0], after[0])
    assert not torch.equal(before[2], after[2])


def test_a_restored_learner_goes_on_bit_for_bit():
    straight, broken = learner(), learner()
    for i in range(10):
        straight.step(i)
        broken.step(i)
    again = learner()
    again.restore(broken.state())
    for i in range(10, 20):
        assert straight.step(i) == again.step(i)
    assert all(torch.equal(a, b) for a, b in zip(straight.ema.network.parameters(), again.ema.network.parameters(), strict=True))
