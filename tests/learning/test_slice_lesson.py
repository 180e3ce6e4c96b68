"""Slices of volumes, with their neighbors and how much each is filled."""

import numpy as np
import pytest
import torch

from isocenter.core.errors import PlanError
from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.slice_lesson import Sliced, SliceLesson, framed_slices, near_walls, slices_across
from isocenter.learning.slice_network import SliceNetwork, SliceNetworkConfig
from isocenter.learning.slice_runs import filled

VOLUME = np.arange(2 * 5 * 4 * 3, dtype=np.float32).reshape(2, 5, 4, 3)


def case(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers(9, 13, 3))
    shares = tuple(filled(2.0, 5.0, n)[:, None] for n in shape)
    return Sliced(image=rng.standard_normal((1, *shape)).astype(np.float32), filled=shares)


def lesson(seed=0):
    return SliceLesson(
        [case(i) for i in range(3)], frame=(12, 12, 12), neighbors=1, batch=4,
        augment=Augmenter(AugmentationConfig(mirror_axes=()), np.random.default_rng([seed, 1])),
        generator=np.random.default_rng(seed),
    )  # fmt: skip


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_slice_is_shown_between_its_neighbors(axis):
    shown = slices_across(VOLUME, axis, [1], neighbors=1)
    assert shown.shape == (1, 6, *(n for a, n in enumerate((5, 4, 3)) if a != axis))
    for place, index in enumerate((0, 1, 2)):
        np.testing.assert_array_equal(shown[0, 2 * place : 2 * place + 2], np.take(VOLUME, index, axis=axis + 1))


def test_at_the_border_the_outermost_slice_stands_in():
    first = slices_across(VOLUME, 2, [0], neighbors=1)[0]
    np.testing.assert_array_equal(first[:2], first[2:4])


def test_a_frame_surrounds_a_slice_with_its_least_intensity():
    framed = framed_slices(VOLUME[None, :, :, :, 0], (8, 4), (2, 0))
    assert framed.shape == (1, 2, 8, 4)
    np.testing.assert_array_equal(framed[0, :, 2:7], VOLUME[..., 0])
    assert (framed[0, :, :2] == 0).all()
    larger = framed_slices(VOLUME[None, :, :, :, 0], (3, 3))
    np.testing.assert_array_equal(larger[0], VOLUME[..., 0])  # what is larger than the frame stays


def test_slices_near_a_wall_are_those_around_both():
    assert near_walls(filled(9.5, 20.5, 40)[:, None]).tolist() == [*range(7, 13), *range(18, 24)]
    assert not len(near_walls(np.zeros((10, 2), np.float32)))


def test_drawn_slices_carry_their_own_shares():
    made = lesson()
    for axis in range(3):
        image, truth = made._drawn(axis)
        assert image.shape == (4, 3, 12, 12)
        assert truth.shape == (4, 1)
        assert {float(t) for t in truth.ravel()} <= {0.0, 0.5, 1.0}


def test_a_restored_lesson_draws_the_same():
    one = lesson()
    one._drawn(0)
    state = one.state()
    after = [one._drawn(axis) for axis in range(3)]
    other = lesson(seed=7)
    other.restore(state)
    for (image, truth), axis in zip(after, range(3), strict=True):
        again = other._drawn(axis)
        assert torch.equal(image, again[0])
        assert torch.equal(truth, again[1])


def test_the_loss_is_smallest_where_the_shares_are_answered():
    made = lesson()
    truths = []

    def place(tensor):
        if tensor.ndim == 2:
            truths.append(tensor)
        return tensor

    def knows_nothing(slices):
        return [torch.zeros((4, 1)) for _ in slices]

    assert made.loss(knows_nothing, place) == pytest.approx(np.log(2), abs=1e-5)
    assert len(truths) == 3


def test_a_network_answers_every_axis_at_any_size():
    network = SliceNetwork(SliceNetworkConfig(in_channels=3, structures=2, widths=(4, 8)))
    answers = network([torch.zeros((2, 3, 6, 5)), torch.zeros((2, 3, 9, 5)), torch.zeros((2, 3, 9, 6))])
    assert [a.shape for a in answers] == [(2, 2)] * 3
    sum(a.sum() for a in answers).backward()
    assert all(p.grad is not None for p in network.parameters())


def test_no_structure_is_no_network():
    with pytest.raises(PlanError, match="structure"):
        SliceNetworkConfig(structures=0)
