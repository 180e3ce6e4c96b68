"""Candidates to learn from: their views, and which are drawn."""

import json

import numpy as np
import torch

from isocenter.learning.candidate_lesson import CandidateLesson, CandidateTable, two_scales, view_of
from isocenter.learning.context_network import ContextNetwork, ContextNetworkConfig


def ramp(shape: tuple[int, ...]) -> np.ndarray:
    """An image whose samples say where they are along the first axis."""
    first = np.arange(shape[0], dtype=np.float32).reshape(-1, *(1,) * (len(shape) - 1))
    return np.broadcast_to(first, shape)[None].copy()


def test_both_views_have_the_place_in_their_middle() -> None:
    scales = two_scales(ramp((90, 60)), wider=3)
    assert scales.coarse.shape == (1, 30, 20)
    near, far = view_of(scales, (46.0, 31.0), (9, 9))
    assert near[4, 4] == 46.0
    assert abs(far[4, 4] - 46.0) <= 1.0
    assert near[0, 4] == 42.0
    assert far[1, 4] - far[0, 4] == 3.0


def test_an_axis_of_one_sample_stays_one() -> None:
    scales = two_scales(ramp((30, 1, 24)), wider=3)
    assert scales.coarse.shape == (1, 10, 1, 8)
    assert view_of(scales, (15, 0, 12), (8, 1, 8)).shape == (2, 8, 1, 8)


def test_outside_of_the_image_is_nothing() -> None:
    assert (view_of(two_scales(np.ones((1, 20, 20), np.float32), wider=2), (0, 0), (8, 8))[0, :4] == 0).all()


def lesson(seed: int = 0) -> CandidateLesson:
    table = CandidateTable(
        case=np.zeros(5, np.intp), index=np.full((5, 2), 20.0), true=np.array([True, False, False, False, False])
    )
    scales = two_scales(np.random.default_rng(0).standard_normal((1, 40, 40)).astype(np.float32), wider=2)
    return CandidateLesson([scales], table, view=(8, 8), batch=6, mirror_axes=(0,), generator=np.random.default_rng(seed))


def test_half_of_a_batch_is_true_and_the_network_learns_from_it() -> None:
    made, seen = lesson(), []
    network = ContextNetwork(ContextNetworkConfig(dimensions=2, view=(8, 8), widths=(4, 4, 4)))
    made.table.true[:] = [True, False, False, False, False]

    def listen(views: torch.Tensor) -> torch.Tensor:
        seen.append(views.shape)
        return network(views)

    loss = made.loss(listen, lambda tensor: tensor)
    loss.backward()
    assert seen == [(6, 2, 8, 8)]
    assert torch.isfinite(loss)
    assert all(p.grad is not None for p in network.parameters())


def test_a_restored_lesson_draws_the_same() -> None:
    first, second = lesson(), lesson(seed=7)
    second.restore(json.loads(json.dumps(first.state())))
    assert np.array_equal(first._drawn(0), second._drawn(0))
