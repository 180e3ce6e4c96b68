"""Least-squares adversary: the critic's score of a real image is to be 1, of a made one 0; the generator wants 1.

Reference: Mao et al., ICCV 2017, arXiv:1611.04076.
"""

from torch import Tensor

from isocenter.core.method import Card
from isocenter.learning.generative.adversary import Adversary, Look


def of_critic(look: Look, real: Tensor, made: Tensor) -> Tensor:
    """Return half the squared distance of both from what they should be called, ()."""
    return 0.5 * ((look(real) - 1.0).square().mean() + look(made).square().mean())


def of_generator(scores: Tensor) -> Tensor:
    """Return the squared distance from being called real, ()."""
    return (scores - 1.0).square().mean()


ADVERSARY = Adversary(
    card=Card(
        name="least_squares", task="generation", answers=frozenset({"image"}), learned=True,
        cite="Mao et al., ICCV 2017, arXiv:1611.04076", differs="",
    ),
    of_critic=of_critic,
    of_generator=of_generator,
    batch_wise=True,
)  # fmt: skip
