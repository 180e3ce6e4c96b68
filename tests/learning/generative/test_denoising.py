"""Noise is told from images; without chance the same noise gives the same image."""

import numpy as np
import pytest
import torch

from isocenter.learning.generative.denoising import TIMES, DenoisingLesson, denoised, denoising_network
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner


def test_a_network_that_knows_the_images_finds_its_way_to_one():
    """All images are one gray: then the noise is what differs from it, known exactly at every time."""
    gray = 0.5
    alphas = DenoisingLesson(np.zeros((1, 1, 8, 8), np.float32), None, batch=1, seed=0).noising.alphas_cumprod

    class Knows(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.anything = torch.nn.Parameter(torch.zeros(1))

        def forward(self, noisy, times, class_labels=None):
            kept = alphas[times].view(-1, 1, 1, 1)
            return (noisy - kept.sqrt() * gray) / (1 - kept).sqrt().clamp_min(1e-4)

    images = denoised(Knows(), [1, 2], None, channels=1, side=8, steps=20)
    np.testing.assert_allclose(images, gray, atol=0.05)


def test_one_seed_is_one_image_whatever_is_made_beside_it():
    torch.manual_seed(0)
    network = denoising_network(channels=1, width=8, classes=0).eval()
    together = denoised(network, [3, 4], None, channels=1, side=8, steps=3)
    alone = denoised(network, [4], None, channels=1, side=8, steps=3)
    np.testing.assert_allclose(together[1], alone[0], atol=1e-4)
    assert np.abs(together[0] - together[1]).max() > 0.01


def test_a_class_changes_the_image():
    torch.manual_seed(0)
    network = denoising_network(channels=1, width=8, classes=2)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.1)  # the last layer starts at 0
    one, other = (denoised(network.eval(), [3], [kind], channels=1, side=8, steps=3) for kind in (0, 1))
    assert np.abs(one - other).max() > 1e-4


@pytest.mark.parametrize("classes", [None, np.array([0, 1, 0, 1])])
def test_a_lesson_is_learned_and_taken_up(classes):
    images = np.zeros((4, 1, 8, 8), np.float32)

    def learner():
        torch.manual_seed(0)
        network = denoising_network(channels=1, width=8, classes=0 if classes is None else 2)
        return GradientLearner(network, DenoisingLesson(images, classes, batch=4, seed=1), GradientConfig(dimensions=2, steps=30))

    one, other = learner(), learner()
    first = [one.step(step)["loss"] for step in range(15)]
    other.restore(one.state())
    other.lesson.restore(one.lesson.state())
    assert other.lesson.random.get_state().equal(one.lesson.random.get_state())
    assert one.step(15)["loss"] == pytest.approx(other.step(15)["loss"], rel=1e-5)
    assert np.mean(first[-5:]) < np.mean(first[:5])


def test_all_times_are_drawn():
    lesson = DenoisingLesson(np.zeros((4, 1, 8, 8), np.float32), None, batch=64, seed=1)
    seen = []

    def network(noisy, times, class_labels):
        seen.extend(times.tolist())
        return torch.zeros_like(noisy, requires_grad=True)

    for _ in range(50):
        lesson.loss(network, lambda tensor: tensor)
    assert min(seen) < 5
    assert max(seen) > TIMES - 5
