"""Images that go with masks, taught from patches."""

import copy

import torch

from isocenter.learning.code_lesson import CodeLesson
from isocenter.learning.regularizer import RegularizerConfig, truth_maps
from isocenter.learning.regularizers.shape import ImageShapeRegularizer

from .test_regularizer import squares


class Patches:
    """Four patches, always the same: bright where the mask is."""

    def batch(self):
        target = squares((32, 32))
        return target[:, None].float(), target

    def state(self):
        return {}

    def restore(self, state):
        assert not state


def regularizer(seed=0):
    return ImageShapeRegularizer(RegularizerConfig(patch=(32, 32), channels=1, classes=2, seed=seed))


def test_the_network_is_to_say_of_the_image_what_the_other_says_of_its_mask() -> None:
    of_shapes = regularizer()
    lesson = CodeLesson(Patches(), of_shapes, classes=2)
    wanted = of_shapes.wanted(truth_maps(squares((32, 32)), 2, 2))
    assert not wanted.requires_grad
    assert float(lesson.loss(lambda image: wanted, lambda tensor: tensor)) == 0
    assert float(lesson.loss(lambda image: wanted + 2.0, lambda tensor: tensor)) == 4


def test_a_lesson_taken_up_knows_the_masks_learned_before_it() -> None:
    first, second = (CodeLesson(Patches(), regularizer(seed), classes=2) for seed in (0, 1))
    maps = truth_maps(squares((32, 32)), 2, 2)
    assert not torch.equal(first.regularizer.wanted(maps), second.regularizer.wanted(maps))
    second.restore(copy.deepcopy(first.state()))
    assert torch.equal(first.regularizer.wanted(maps), second.regularizer.wanted(maps))
