"""The second half of f-AnoGAN: an encoder finds the latent numbers that a trained generator makes an image of.

In:   a generator and a critic that learned normal images; images.
Out:  the network of all three, its lesson (izi_f), and how far an image is from what is made of it.

Reference: Schlegl et al., Med Image Anal 2019; 54:30-44 (f-AnoGAN: image -> latent -> image, with the critic's features).
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.learning.encoders.convnet import Convnet, ConvnetConfig
from isocenter.learning.generative.networks.dcgan import DcganCritic
from isocenter.learning.generative.pair import Generator, GeneratorConfig

FEATURES = 1.0
"""Weight of the features' distance beside the image's."""


class Encoding(nn.Module):
    """image (N, C, p, p) -> what the generator makes of its latent numbers (N, C, p, p). Only the encoder learns."""

    def __init__(self, generator: Generator, critic: DcganCritic, config: GeneratorConfig) -> None:
        super().__init__()
        self.generator, self.critic = generator.requires_grad_(False), critic.requires_grad_(False)
        widths = tuple(config.features(level) for level in range(config.levels, -1, -1))
        self.encoder = Convnet(ConvnetConfig(in_channels=config.channels, widths=widths))
        self.latent = nn.Sequential(nn.Flatten(), nn.Linear(widths[-1] * 16, config.latent))

    def forward(self, image: Tensor) -> Tensor:
        """Return the image made again; see the class."""
        latent = 3.0 * torch.tanh(self.latent(self.encoder(image)) / 3.0)  # where normal numbers lie
        made: Tensor = self.generator(latent, image.new_zeros(len(image), 0))
        return made

    def distance(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return the squared difference (N, C, p, p), and that of the critic's features (N,)."""
        made = self(image)
        features: Tensor = self.critic.layers(image) - self.critic.layers(made)
        return (image - made).square(), features.square().mean(dim=1)


class Finding:
    """Batches of images whose latent numbers are sought; see Lesson in gradient_learner.py."""

    def __init__(self, network: Encoding, images: Tensor, *, batch: int, seed: int) -> None:
        """Hold the network, whose `distance` is not its forward, and images (N, C, p, p)."""
        self.network, self.images, self.batch = network, images, batch
        self.random = torch.Generator().manual_seed(seed)

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return both distances of a batch, added up."""
        image = place(self.images[torch.randint(len(self.images), (self.batch,), generator=self.random)])
        made = network(image)
        features = self.network.critic.layers(image) - self.network.critic.layers(made)
        loss: Tensor = (image - made).square().mean() + FEATURES * features.square().mean()
        return loss

    def learned(self, loss: float) -> None:
        """Change nothing."""
        del loss

    def state(self) -> Mapping[str, Any]:
        """Return the generator of draws."""
        return {"random": self.random.get_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.random.set_state(state["random"])
