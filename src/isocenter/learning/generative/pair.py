"""A generator and its critic: what every pair of networks is made of, and how the two are called.

In:   GeneratorConfig. Out: Pair.
Not:  no loss (adversaries/), no training (adversarial_learner.py).
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.core.record import Record


@dataclass(frozen=True, kw_only=True)
class GeneratorConfig:
    """What a pair must fit."""

    side: int = 32
    """Samples along both axes: 4 times a power of two."""
    channels: int = 1
    latent: int = 64
    """Numbers an image is made of."""
    conditions: int = 0
    """Numbers that say what is wanted, beside the latent ones; 0 = nothing is said."""
    width: int = 32
    """Features at the full resolution; doubled at each coarser one."""
    normalized_critic: bool = True
    """Whether the critic may look at a batch as a whole; not under a gradient penalty."""

    @property
    def levels(self) -> int:
        """How often 4 × 4 samples are doubled."""
        return (self.side // 4).bit_length() - 1

    def features(self, level: int, *, most: int = 256) -> int:
        """Return the features at a level; 0 = 4 × 4."""
        return min(most, self.width << (self.levels - level))


class Generator(nn.Module):
    """latent (N, latent), conditions (N, K), how grown in [0, 1] -> images (N, C, s, s) in [-1, 1]; s is the side grown so far."""


class Critic(nn.Module):
    """images (N, C, s, s), conditions (N, K), how grown in [0, 1] -> scores (N,), higher = more like a real one."""

    def view(self, images: Tensor, grown: float) -> Tensor:
        """Return full images as they are shown to the critic while it is grown so far."""
        del grown
        return images


class Pair(Record):
    """Two networks made for one another."""

    card: Card
    build: Callable[[GeneratorConfig], tuple[Generator, Critic]]
