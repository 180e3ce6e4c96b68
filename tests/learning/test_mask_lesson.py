"""Masks drawn again from their codes, taught from the targets of patches."""

import torch

from isocenter.learning.mask_lesson import MaskLesson
from isocenter.learning.regularizer import truth_maps

from .test_regularizer import squares


class Patches:
    """Four patches, always the same, and the loss of them."""

    def __init__(self) -> None:
        self.heard: list[float] = []

    def batch(self):
        return torch.zeros(4, 1, 32, 32), squares((32, 32))

    def criterion(self, logits, target):
        return torch.nn.functional.cross_entropy(logits, target)

    def learned(self, loss):
        self.heard.append(loss)


def test_the_network_is_shown_the_mask_and_has_to_return_it() -> None:
    patches = Patches()
    lesson = MaskLesson(patches, classes=2)
    shown = []

    def network(maps):
        shown.append(maps)
        return 50.0 * maps

    assert float(lesson.loss(network, lambda tensor: tensor)) < 1e-6
    assert torch.equal(shown[0], truth_maps(squares((32, 32)), 2, 2))
    assert float(lesson.loss(lambda maps: -maps, lambda tensor: tensor)) > 1.0
    lesson.learned(0.5)
    assert patches.heard == [0.5]
