"""DCGAN: transposed convolutions up, strided convolutions down.

In:   GeneratorConfig. Out: generator and critic.
Not:  no growing.

Reference: Radford, Metz & Chintala, ICLR 2016, arXiv:1511.06434.
Differs:   conditions by projection (Miyato & Koyama, ICLR 2018, arXiv:1802.05637); narrower.
"""

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.generative.pair import Critic, Generator, GeneratorConfig, Pair


class DcganGenerator(Generator):
    """See Generator."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        first = config.features(0)
        self.first = first
        self.start = nn.Linear(config.latent + config.conditions, first * 16)
        layers: list[nn.Module] = [nn.BatchNorm2d(first), nn.ReLU(inplace=True)]
        for level in range(1, config.levels + 1):
            layers += [
                nn.ConvTranspose2d(config.features(level - 1), config.features(level), 4, 2, 1, bias=False),
                nn.BatchNorm2d(config.features(level)),
                nn.ReLU(inplace=True),
            ]
        self.layers = nn.Sequential(*layers, nn.Conv2d(config.features(config.levels), config.channels, 3, 1, 1), nn.Tanh())

    def forward(self, latent: Tensor, conditions: Tensor, grown: float = 1.0) -> Tensor:
        """Return images (N, C, side, side)."""
        del grown
        start = self.start(torch.cat([latent, conditions], dim=1)).view(-1, self.first, 4, 4)
        images: Tensor = self.layers(start)
        return images


class DcganCritic(Critic):
    """See Critic."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(config.channels, config.features(config.levels), 3, 1, 1), nn.LeakyReLU(0.2)]
        for level in range(config.levels, 0, -1):
            features = config.features(level - 1)
            layers.append(nn.Conv2d(config.features(level), features, 4, 2, 1))
            if config.normalized_critic:
                layers.append(nn.BatchNorm2d(features))
            layers.append(nn.LeakyReLU(0.2))
        self.layers = nn.Sequential(*layers, nn.Flatten())
        size = config.features(0) * 16
        self.score = nn.Linear(size, 1)
        self.projection = nn.Linear(config.conditions, size, bias=False) if config.conditions else None

    def forward(self, images: Tensor, conditions: Tensor, grown: float = 1.0) -> Tensor:
        """Return scores (N,)."""
        del grown
        features = self.layers(images)
        scores: Tensor = self.score(features)[:, 0]
        if self.projection is not None:
            scores = scores + (self.projection(conditions) * features).sum(dim=1) / features.shape[1] ** 0.5
        return scores


def build(config: GeneratorConfig) -> tuple[Generator, Critic]:
    """Return both, weights normal with deviation 0.02 as in the paper."""
    pair = DcganGenerator(config), DcganCritic(config)
    for network in pair:
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
                nn.init.normal_(layer.weight, 0.0, 0.02)
    return pair


PAIR = Pair(
    card=Card(
        name="dcgan", task="generation", answers=frozenset({"image"}), learned=True,
        cite="Radford, Metz & Chintala, ICLR 2016, arXiv:1511.06434", differs="conditions by projection",
    ),
    build=build,
)  # fmt: skip
