"""Wasserstein adversary: the critic's scores are heights of a slope of steepness 1 between made and real images.

Reference: Gulrajani et al., NeurIPS 2017, arXiv:1704.00028 (gradient penalty, weight 10); Karras et al., ICLR 2018 (drift, 0.001).
"""

import torch
from torch import Tensor

from isocenter.core.method import Card
from isocenter.learning.generative.adversary import Adversary, Look

PENALTY = 10.0
DRIFT = 1e-3
"""Keeps the scores near 0."""


def of_critic(look: Look, real: Tensor, made: Tensor) -> Tensor:
    """Return made - real, with the penalty on slopes other than 1 between them, ()."""
    of_real, of_made = look(real), look(made)
    share = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
    between = torch.lerp(made.detach(), real, share).requires_grad_(True)
    (slope,) = torch.autograd.grad(look(between).sum(), between, create_graph=True)
    steepness = slope.flatten(1).norm(dim=1)
    penalty: Tensor = PENALTY * (steepness - 1.0).square().mean() + DRIFT * of_real.square().mean()
    return of_made.mean() - of_real.mean() + penalty


def of_generator(scores: Tensor) -> Tensor:
    """Return how low the made images lie, ()."""
    return -scores.mean()


ADVERSARY = Adversary(
    card=Card(
        name="wasserstein", task="generation", answers=frozenset({"image"}), learned=True,
        cite="Gulrajani et al., NeurIPS 2017, arXiv:1704.00028", differs="a drift term holds the scores near 0",
    ),
    of_critic=of_critic,
    of_generator=of_generator,
    batch_wise=False,
)  # fmt: skip
