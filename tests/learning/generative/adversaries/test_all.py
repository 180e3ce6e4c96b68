"""Every adversary: a critic that is right pays less than one that is wrong, and a generator wants the opposite."""

import pytest
import torch

from isocenter.learning.generative.adversaries import ADVERSARIES


def look(images):
    """A critic that calls an image real by its brightness."""
    return images.mean(dim=(1, 2, 3))


BRIGHT, DARK = torch.full((4, 1, 8, 8), 1.0), torch.full((4, 1, 8, 8), -1.0)


@pytest.mark.parametrize("name", ADVERSARIES.names())
def test_a_critic_that_is_right_pays_less(name):
    torch.manual_seed(0)
    adversary = ADVERSARIES.get(name)
    right, wrong = adversary.of_critic(look, BRIGHT, DARK), adversary.of_critic(look, DARK, BRIGHT)
    assert right < wrong


@pytest.mark.parametrize("name", ADVERSARIES.names())
def test_a_generator_wants_its_images_called_real(name):
    adversary = ADVERSARIES.get(name)
    scores = torch.full((4,), -0.5, requires_grad=True)
    adversary.of_generator(scores).backward()
    assert (scores.grad < 0).all()
    assert adversary.of_generator(torch.ones(4)) < adversary.of_generator(-torch.ones(4))


@pytest.mark.parametrize("name", ADVERSARIES.names())
def test_maps_of_scores_are_judged_like_single_ones(name):
    adversary = ADVERSARIES.get(name)
    assert adversary.of_generator(torch.full((2, 1, 3, 3), 0.3)) == pytest.approx(
        float(adversary.of_generator(torch.full((2,), 0.3)))
    )


def test_least_squares_by_hand():
    adversary = ADVERSARIES.get("least_squares")
    assert float(adversary.of_critic(look, BRIGHT, DARK)) == pytest.approx(0.5)  # (0² + (-1)²) / 2
    assert float(adversary.of_generator(torch.tensor([0.0, 1.0]))) == pytest.approx(0.5)
