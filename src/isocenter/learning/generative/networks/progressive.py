"""Progressively growing pair: 4 × 4 first, then one doubling after the other, each faded in.

In:   GeneratorConfig. Out: generator and critic.
Not:  the loss is any adversary's; the paper's is wasserstein.

Reference: Karras et al., ICLR 2018, arXiv:1710.10196 (growing with fade-in, equalized learning rate, pixel-wise normalization,
           deviation over the minibatch).
Differs:   narrower; all levels exist from the start, unused until their turn; conditions by projection.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, leaky_relu

from isocenter.core.method import Card
from isocenter.learning.generative.pair import Critic, Generator, GeneratorConfig, Pair

LAST = 2.0
"""How much longer than the others the last phase, at full size, is."""


def stage(grown: float, levels: int) -> tuple[int, float]:
    """Return the level (0 = 4 × 4) and how far it is faded in, (0, 1], at a share of the training."""
    phases = 2 * levels + 1  # settled, then faded in and settled at each further level
    at = min(max(grown, 0.0), 1.0) * (phases - 1 + LAST)
    if at >= phases - 1:
        return levels, 1.0
    phase = int(at)
    level = (phase + 1) // 2
    return level, max(at - phase, 1e-3) if phase % 2 else 1.0


class Equalized(nn.Module):
    """A convolution or linear layer whose weights are scaled when used, so that all learn at one rate."""

    def __init__(self, layer: nn.Conv2d | nn.Linear, gain: float = math.sqrt(2)) -> None:
        super().__init__()
        self.layer = layer
        nn.init.normal_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
        self.scale = gain / math.sqrt(layer.weight[0].numel())

    def forward(self, values: Tensor) -> Tensor:
        """Return the layer of the scaled weights."""
        bias = self.layer.bias
        shape = (1, -1, *[1] * (values.ndim - 2))
        out: Tensor = nn.functional.linear(values * self.scale, self.layer.weight) if isinstance(
            self.layer, nn.Linear
        ) else nn.functional.conv2d(values * self.scale, self.layer.weight, None, 1, self.layer.padding)  # fmt: skip
        return out if bias is None else out + bias.view(shape)


def pixel_norm(features: Tensor) -> Tensor:
    """Bring the features of each place to length 1 (root mean square)."""
    return features * torch.rsqrt(features.square().mean(dim=1, keepdim=True) + 1e-8)


def with_deviation(features: Tensor) -> Tensor:
    """Append a map of the mean deviation over the batch: a batch of equals gives itself away."""
    deviation = features.var(dim=0, unbiased=False).add(1e-8).sqrt().mean()
    return torch.cat([features, deviation.expand(len(features), 1, *features.shape[2:])], dim=1)


class ProgressiveGenerator(Generator):
    """See Generator."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.levels = config.levels
        first = config.features(0)
        self.first = first
        self.start = Equalized(nn.Linear(config.latent + config.conditions, first * 16), gain=math.sqrt(2) / 4)
        self.blocks = nn.ModuleList([nn.ModuleList([Equalized(nn.Conv2d(first, first, 3, 1, 1))])])
        for level in range(1, config.levels + 1):
            n_in, n_out = config.features(level - 1), config.features(level)
            self.blocks.append(
                nn.ModuleList([Equalized(nn.Conv2d(n_in, n_out, 3, 1, 1)), Equalized(nn.Conv2d(n_out, n_out, 3, 1, 1))])
            )
        self.show = nn.ModuleList(
            [Equalized(nn.Conv2d(config.features(level), config.channels, 1), gain=1.0) for level in range(config.levels + 1)]
        )

    def forward(self, latent: Tensor, conditions: Tensor, grown: float = 1.0) -> Tensor:
        """Return images (N, C, s, s), s = 4 · 2^level; in [-1, 1] but for a little beyond, which viewers clip."""
        level, faded = stage(grown, self.levels)
        joined = torch.cat([pixel_norm(latent), conditions], dim=1)
        features = pixel_norm(leaky_relu(self.start(joined).view(-1, self.first, 4, 4), 0.2))
        before = features
        for at, block in enumerate(self.blocks[: level + 1]):
            if at:
                before = features
                features = interpolate(features, scale_factor=2.0, mode="nearest")
            for layer in block:  # type: ignore[attr-defined]
                features = pixel_norm(leaky_relu(layer(features), 0.2))
        images: Tensor = self.show[level](features)
        if level and faded < 1.0:
            coarse = interpolate(self.show[level - 1](before), scale_factor=2.0, mode="nearest")
            images = torch.lerp(coarse, images, faded)
        return images


class ProgressiveCritic(Critic):
    """See Critic."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.levels = config.levels
        self.see = nn.ModuleList(
            [Equalized(nn.Conv2d(config.channels, config.features(level), 1)) for level in range(config.levels + 1)]
        )
        first = config.features(0)
        self.blocks = nn.ModuleList([nn.ModuleList([Equalized(nn.Conv2d(first + 1, first, 3, 1, 1))])])
        for level in range(1, config.levels + 1):
            n_in, n_out = config.features(level), config.features(level - 1)
            self.blocks.append(
                nn.ModuleList([Equalized(nn.Conv2d(n_in, n_in, 3, 1, 1)), Equalized(nn.Conv2d(n_in, n_out, 3, 1, 1))])
            )
        self.last = Equalized(nn.Linear(first * 16, first))
        self.score = Equalized(nn.Linear(first, 1), gain=1.0)
        self.projection = Equalized(nn.Linear(config.conditions, first, bias=False), gain=1.0) if config.conditions else None

    def view(self, images: Tensor, grown: float) -> Tensor:
        """Return full images at the size grown so far, sharpness faded in."""
        level, faded = stage(grown, self.levels)
        for _ in range(self.levels - level):
            images = avg_pool2d(images, 2)
        if level and faded < 1.0:
            images = torch.lerp(interpolate(avg_pool2d(images, 2), scale_factor=2.0, mode="nearest"), images, faded)
        return images

    def forward(self, images: Tensor, conditions: Tensor, grown: float = 1.0) -> Tensor:
        """Return scores (N,)."""
        level, faded = stage(grown, self.levels)
        features = leaky_relu(self.see[level](images), 0.2)
        for at in range(level, 0, -1):
            for layer in self.blocks[at]:  # type: ignore[attr-defined]
                features = leaky_relu(layer(features), 0.2)
            features = avg_pool2d(features, 2)
            if at == level and faded < 1.0:
                coarse = leaky_relu(self.see[level - 1](avg_pool2d(images, 2)), 0.2)
                features = torch.lerp(coarse, features, faded)
        features = leaky_relu(self.blocks[0][0](with_deviation(features)), 0.2)  # type: ignore[index]
        features = leaky_relu(self.last(features.flatten(1)), 0.2)
        scores: Tensor = self.score(features)[:, 0]
        if self.projection is not None:
            scores = scores + (self.projection(conditions) * features).sum(dim=1) / features.shape[1] ** 0.5
        return scores


def build(config: GeneratorConfig) -> tuple[Generator, Critic]:
    """Return both."""
    return ProgressiveGenerator(config), ProgressiveCritic(config)


PAIR = Pair(
    card=Card(
        name="progressive", task="generation", answers=frozenset({"image"}), learned=True,
        cite="Karras et al., ICLR 2018, arXiv:1710.10196", differs="narrower; conditions by projection",
    ),
    build=build,
)  # fmt: skip
