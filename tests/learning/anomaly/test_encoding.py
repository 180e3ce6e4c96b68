"""The encoder's half of f-AnoGAN: only it learns, and a perfect answer has distance 0."""

import torch

from isocenter.learning.anomaly.encoding import Encoding, Finding
from isocenter.learning.generative.networks.dcgan import build
from isocenter.learning.generative.pair import GeneratorConfig
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner

CONFIG = GeneratorConfig(side=8, latent=3, width=4, normalized_critic=False)


def network():
    torch.manual_seed(0)
    return Encoding(*build(CONFIG), CONFIG)


def test_an_image_made_again_exactly_has_no_distance():
    found = network().eval()
    image = torch.rand(2, 1, 8, 8)
    found.forward = lambda given: given
    samples, features = found.distance(image)
    assert samples.shape == image.shape
    assert features.shape == (2,)
    assert float(samples.abs().max()) == float(features.abs().max()) == 0.0


def test_only_the_encoder_learns_and_the_loss_falls():
    made = network()
    for weight in (w for w in made.generator.parameters() if w.ndim > 1):
        weight.mul_(10.0)  # a generator whose images differ with their latent numbers
    images = made.generator.eval()(torch.randn(32, 3), torch.zeros(32, 0))
    before = {name: weight.clone() for name, weight in made.state_dict().items()}
    learner = GradientLearner(
        made, Finding(made, images, batch=16, seed=0), GradientConfig(dimensions=2, steps=60, learning_rate=1e-2)
    )
    losses = [learner.step(step)["loss"] for step in range(60)]
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])
    after = learner.network.state_dict()
    moved = {name.split(".")[0] for name in after if not torch.equal(after[name], before[name])}
    assert moved == {"encoder", "latent"}
