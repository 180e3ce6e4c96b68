"""Every pair of generator and critic fits together, grown or not, told something or not."""

import pytest
import torch

from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.networks import PAIRS
from isocenter.learning.generative.networks.progressive import Equalized, stage, with_deviation
from isocenter.learning.generative.pair import GeneratorConfig


@pytest.mark.parametrize("name", PAIRS.names())
@pytest.mark.parametrize("grown", [0.0, 0.3, 0.55, 1.0])
@pytest.mark.parametrize("conditions", [0, 3])
def test_the_critic_sees_made_and_real_images_alike(name, grown, conditions):
    config = GeneratorConfig(side=16, channels=3, latent=5, conditions=conditions, width=4)
    generator, critic = PAIRS.get(name).build(config)
    said = torch.eye(3)[[0, 2, 1, 0]][:, :conditions]
    made = generator(torch.randn(4, 5), said, grown)
    real = critic.view(torch.randn(4, 3, 16, 16), grown)
    assert made.shape == real.shape
    assert critic(made, said, grown).shape == critic(real, said, grown).shape == (4,)


@pytest.mark.parametrize("name", PAIRS.names())
def test_what_is_said_changes_image_and_score(name):
    generator, critic = PAIRS.get(name).build(GeneratorConfig(side=8, latent=5, conditions=2, width=8))
    generator.eval(), critic.eval()
    latent, (one, other) = torch.randn(1, 5), torch.eye(2)[:, None]
    assert not torch.allclose(generator(latent, one), generator(latent, other))
    image = torch.randn(1, 1, 8, 8)
    assert not torch.allclose(critic(image, one), critic(image, other))


def test_growing_visits_every_size_and_ends_full():
    levels = [stage(i / 200, 3) for i in range(201)]
    assert [level for level, _ in levels] == sorted(level for level, _ in levels)
    assert {level for level, _ in levels} == {0, 1, 2, 3}
    assert levels[0] == (0, 1.0)
    assert levels[-1] == (3, 1.0)
    assert all(0 < faded <= 1 for _, faded in levels)


def test_a_fading_image_lies_between_the_coarse_and_the_fine():
    generator, _ = PAIRS.get("progressive").build(GeneratorConfig(side=8, latent=4, width=4))
    latent, said = torch.randn(2, 4), torch.zeros(2, 0)
    with torch.no_grad():
        early, late = (generator(latent, said, g) for g in (0.2501, 0.4999))  # fading from 4 x 4 into 8 x 8 begins and ends
    assert early.shape == late.shape == (2, 1, 8, 8)
    blocks = early.reshape(2, 4, 2, 4, 2)
    assert (blocks.amax(dim=(2, 4)) - blocks.amin(dim=(2, 4))).max() < 0.05  # still 4 x 4
    assert not torch.allclose(early, late, atol=1e-3)


def test_equalized_layers_give_unit_variance_whatever_their_width():
    for width in (8, 512):
        out = Equalized(torch.nn.Linear(width, 400, bias=True), gain=1.0)(torch.randn(200, width))
        assert out.std().item() == pytest.approx(1.0, rel=0.15)


def test_a_batch_of_equals_shows_no_deviation():
    equal = torch.randn(1, 2, 4, 4).expand(6, -1, -1, -1)
    assert with_deviation(equal)[:, 2].max() < 1e-3
    assert with_deviation(torch.randn(6, 2, 4, 4))[:, 2].min() > 0.3


@pytest.mark.parametrize("name", ADVERSARIES.names())
def test_a_critic_that_is_right_is_less_wrong_and_a_believed_generator_too(name):
    adversary = ADVERSARIES.get(name)
    real, made = torch.ones(8, 1, 4, 4), -torch.ones(8, 1, 4, 4)

    def right(images):
        return images.mean(dim=(1, 2, 3)) * 4  # a slope of length 1

    assert adversary.of_critic(right, real, made) < adversary.of_critic(lambda i: -right(i), real, made)
    assert adversary.of_generator(torch.full((4,), 2.0)) < adversary.of_generator(torch.full((4,), -2.0))


def test_the_penalty_is_on_slopes_other_than_one():
    adversary = ADVERSARIES.get("wasserstein")
    same = torch.zeros(8, 1, 4, 4)

    def slope(factor):
        return adversary.of_critic(lambda images: factor * images.sum(dim=(1, 2, 3)) / 4, same, same).item()

    assert slope(1.0) == pytest.approx(0.0, abs=1e-5)
    assert slope(3.0) == pytest.approx(10 * 4, rel=1e-4)  # 10 (3 - 1)²
