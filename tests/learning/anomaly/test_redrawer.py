"""Drawing again: what the loss is at perfection, what is drawn, and that draws are taken up where they stood."""

import math

import pytest
import torch

from isocenter.learning.anomaly.redrawer import SUREST, Redrawer, RedrawerConfig, Redrawing


def test_both_answers_have_the_image_shape():
    again, log_variance = Redrawer(RedrawerConfig(channels=2, widths=(4, 8), code=1))(torch.zeros(2, 2, 12, 8))
    assert again.shape == log_variance.shape == (2, 2, 12, 8)


def test_the_loss_is_least_where_the_error_is_as_large_as_is_said():
    images = torch.ones(4, 1, 4, 4)
    lesson = Redrawing(images, batch=4, mirror=False, seed=0)

    def said(log_variance):
        return float(lesson.loss(lambda image: (image - 0.5, torch.full_like(image, log_variance)), lambda x: x))

    assert said(math.log(0.25)) == pytest.approx(1 + math.log(0.25))
    assert said(math.log(0.25)) < min(said(math.log(0.25) + 0.5), said(math.log(0.25) - 0.5))


def test_the_variance_is_bounded():
    network = Redrawer(RedrawerConfig(widths=(4,), code=1))
    _, log_variance = network(1e4 * torch.ones(2, 1, 8, 8))
    assert log_variance.min() >= SUREST


def test_draws_are_mirrored_along_the_first_axis_alone_and_taken_up_again():
    images = torch.arange(12.0).reshape(1, 1, 4, 3)
    lesson = Redrawing(images, batch=32, mirror=True, seed=1)
    state = lesson.state()
    first = lesson.draw()
    kinds = {tuple(one.flatten().tolist()) for one in first}
    assert kinds == {tuple(images.flatten().tolist()), tuple(images.flip(2).flatten().tolist())}
    lesson.restore(state)
    assert torch.equal(lesson.draw(), first)
