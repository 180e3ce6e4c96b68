"""Objects to learn from: which are drawn, and how often."""

import json

import numpy as np
import torch

from isocenter.learning.candidate_lesson import two_scales
from isocenter.learning.context_network import ContextNetwork, ContextNetworkConfig
from isocenter.learning.object_lesson import ObjectLesson, ObjectTable


def lesson(seed: int = 0, *, kind: tuple[int, ...] = (0, 1, 1, 1, 1, 3)) -> ObjectLesson:
    """Objects whose samples are their class."""
    volumes = [two_scales(np.full((1, 40, 40), float(k), np.float32), wider=2) for k in kind]
    table = ObjectTable(case=np.arange(len(kind)), index=np.full((len(kind), 2), 20.0), kind=np.asarray(kind, np.intp))
    return ObjectLesson(volumes, table, view=(8, 8), batch=12, mirror_axes=(0,), generator=np.random.default_rng(seed))


def test_a_rare_class_is_drawn_as_often_as_a_frequent_one():
    seen: list[torch.Tensor] = []

    def listen(views: torch.Tensor) -> torch.Tensor:
        seen.append(views)
        return torch.zeros(len(views), 4)

    lesson().loss(listen, lambda tensor: tensor)
    classes = seen[0][:, 0, 4, 4].numpy().astype(int)
    assert np.bincount(classes, minlength=4).tolist() == [4, 4, 0, 4]


def test_every_weight_of_a_network_of_several_classes_learns():
    network = ContextNetwork(ContextNetworkConfig(dimensions=2, view=(8, 8), widths=(4, 4, 4), outputs=4))
    loss = lesson().loss(network, lambda tensor: tensor)
    loss.backward()
    assert torch.isfinite(loss)
    assert all(p.grad is not None for p in network.parameters())


def test_a_restored_lesson_draws_the_same():
    first, second = lesson(), lesson(seed=7)
    second.restore(json.loads(json.dumps(first.state())))
    network = ContextNetwork(ContextNetworkConfig(dimensions=2, view=(8, 8), widths=(4, 4, 4), outputs=4)).eval()
    assert first.loss(network, lambda t: t).item() == second.loss(network, lambda t: t).item()
