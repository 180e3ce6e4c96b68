"""Non-saturating adversary: the critic is a classifier of real and made; the generator wants its images called real.

Reference: Goodfellow et al., NeurIPS 2014, arXiv:1406.2661.
"""

from torch import Tensor
from torch.nn.functional import softplus

from isocenter.core.method import Card
from isocenter.learning.generative.adversary import Adversary, Look


def of_critic(look: Look, real: Tensor, made: Tensor) -> Tensor:
    """Return the cross-entropy of both, ()."""
    return softplus(-look(real)).mean() + softplus(look(made)).mean()


def of_generator(scores: Tensor) -> Tensor:
    """Return the cross-entropy of being called real, ()."""
    return softplus(-scores).mean()


ADVERSARY = Adversary(
    card=Card(
        name="non_saturating", task="generation", answers=frozenset({"image"}), learned=True,
        cite="Goodfellow et al., NeurIPS 2014, arXiv:1406.2661", differs="",
    ),
    of_critic=of_critic,
    of_generator=of_generator,
    batch_wise=True,
)  # fmt: skip
