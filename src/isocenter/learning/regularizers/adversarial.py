"""Adversarial regularizer: a critic learns to tell true masks from answered ones, and the answers have to pass for true.

In:   images, logits and targets of a batch.
Out:  the added cost; the critic learns on the same batch, before it is asked.
Not:  no critic (generative/patch_critic.py), no adversary (generative/adversaries/).

Reference: Luc et al., 2016, arXiv:1611.08408; Moeskops et al., DLMIA 2017, arXiv:1707.03195.
Differs:   the critic looks at neighborhoods of a patch, and its losses are least squares (Mao et al., ICCV 2017). True masks are
           shown as Luc et al. scale them, since hard 0 and 1 alone would give every true one away.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.generative.adversaries import ADVERSARIES
from isocenter.learning.generative.patch_critic import PatchCritic
from isocenter.learning.regularizer import RegularizerConfig, RegularizerKind, answer_maps, truth_maps

USUAL = 0.1
"""Weight of the critic's opinion beside a loss near 1."""
LEAST = 0.9
"""Probability the true class is shown with, at least."""
RATE = 2e-4
"""Of the critic; Adam's first moment is 0.5, as adversaries want it."""


class AdversarialRegularizer:
    """See Regularizer in regularizer.py."""

    learns_first: nn.Module | None = None

    def __init__(self, config: RegularizerConfig) -> None:
        """Draw a critic's weights."""
        self.classes, self.weight = config.classes, USUAL * config.weight
        self.adversary = ADVERSARIES.get("least_squares")
        with torch.random.fork_rng(devices=[]):  # the network learns from the same batches with a critic as without
            torch.manual_seed(config.seed)
            self.critic = PatchCritic(config.patch, config.channels + config.classes)
        self.optimizer = torch.optim.Adam(self.critic.parameters(), RATE, betas=(0.5, 0.99))

    def to(self, device: torch.device) -> None:
        """Move to the network's device."""
        self.critic.to(device)

    def cost(self, image: Tensor, logits: Tensor, target: Tensor) -> Tensor:
        """Return the weighed cost of being found out, ()."""
        answer = answer_maps(logits, target, self.classes)
        truth = truth_maps(target, self.classes, logits.ndim - 2)
        shown = softened(truth, answer.detach(), overlapping=target.ndim == logits.ndim)
        self.critic.train().requires_grad_(True)
        loss = self.adversary.of_critic(lambda maps: self._look(image, maps), shown, answer.detach())
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.critic.requires_grad_(False)  # what it is asked now is for the network to learn from
        return self.weight * self.adversary.of_generator(self._look(image, answer))

    def state(self) -> Mapping[str, Any]:
        """Return critic and optimizer."""
        return {"critic": self.critic.state_dict(), "optimizer": self.optimizer.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.critic.load_state_dict(state["critic"])
        self.optimizer.load_state_dict(state["optimizer"])

    def _look(self, image: Tensor, maps: Tensor) -> Tensor:
        scores: Tensor = self.critic(torch.cat([image.float(), maps], dim=1))
        return scores


def softened(truth: Tensor, answer: Tensor, *, overlapping: bool) -> Tensor:
    """Return true maps that are no harder than they need to be: the true class at least LEAST, the rest as the answer has it.

    truth, answer : (N, K, *S); where nobody assessed, both are 0
    overlapping   : each channel is a yes or no of its own; else the channels of a sample sum to 1
    """
    shown = torch.maximum(answer, LEAST * truth) * truth  # of what is there
    others = answer * (1.0 - truth)
    if overlapping:
        return shown + others.clamp_max(1.0 - LEAST)
    left = (truth - shown).sum(dim=1, keepdim=True)  # (N, 1, *S): at most 1 - LEAST
    return shown + others * left / others.sum(dim=1, keepdim=True).clamp_min(1e-6)


REGULARIZER = RegularizerKind(
    card=Card(
        name="adversarial", task="segmentation", answers=frozenset({"mask"}), learned=True,
        cite="Luc et al., 2016, arXiv:1611.08408; Moeskops et al., DLMIA 2017, arXiv:1707.03195",
        differs="a critic of neighborhoods, by least squares",
    ),
    build=AdversarialRegularizer,
)  # fmt: skip
