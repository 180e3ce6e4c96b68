"""Lessons of frames: bumps around events, neighbors around the cycle, losses that know what is not known."""

import numpy as np
import pytest
import torch

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.frame_lesson import FrameLesson, Timed, bump, with_neighbors


def lesson(events, *, batch=2):
    frames = np.random.default_rng(0).normal(size=(6, 1, 8, 8)).astype(np.float32)
    plain = AugmentationConfig(order=())
    return FrameLesson(
        [Timed(frames=frames, events=np.array(events, float))], neighbors=1, cyclic=True, spread=1.0, batch=batch,
        augment=Augmenter(plain, np.random.default_rng(1)), generator=np.random.default_rng(2),
    )  # fmt: skip


def test_a_bump_sums_to_one_and_reaches_around_the_cycle():
    around, within = bump(0, 10, spread=1.0, cyclic=True), bump(0, 10, spread=1.0, cyclic=False)
    assert around.sum() == pytest.approx(1.0)
    assert around.argmax() == 0
    assert around[9] == pytest.approx(around[1])
    assert within[9] < 1e-6


def test_neighbors_are_channels():
    frames = torch.arange(4.0).reshape(4, 1, 1, 1)
    assert with_neighbors(frames, 1, cyclic=True)[0].flatten().tolist() == [3, 0, 1]
    assert with_neighbors(frames, 1, cyclic=False)[0].flatten().tolist() == [0, 0, 1]


def test_the_right_answer_costs_less_than_another():
    def answering(frame):
        def network(frames, lengths):
            scores = torch.zeros(lengths[0], 1)
            scores[frame] = 4.0
            return [scores for _ in lengths]

        return network

    one = lesson([2.0])
    assert one.loss(answering(2), lambda t: t) < one.loss(answering(5), lambda t: t)


def test_an_event_that_is_not_known_costs_nothing():
    def network(frames, lengths):
        return [torch.tensor([[0.0, 100.0]] + [[0.0, 0.0]] * 5) for _ in lengths]

    known = lesson([3.0]).loss(lambda f, n: [s[:, :1] for s in network(f, n)], lambda t: t)
    assert lesson([3.0, np.nan]).loss(network, lambda t: t) == pytest.approx(float(known))


def test_a_lesson_goes_on_where_it_was():
    one, two = lesson([1.0]), lesson([1.0])
    one._generator.random(5)
    two.restore(one.state())
    assert one._generator.random() == two._generator.random()
