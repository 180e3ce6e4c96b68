"""A translation learned from pairs: near the true image sample by sample, and such that a critic finds nothing made about it.

In:   generator, critic, adversary; batches of pairs; what else adds to the loss.
Out:  losses of both sides; see TranslationLesson in translation_learner.py.

Reference: Isola et al., CVPR 2017, arXiv:1611.07004.
Differs:   no dropout as noise: one input has one answer.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.learning.generative.adversary import Adversary
from isocenter.learning.generative.translation_batch import PairedBatches
from isocenter.learning.regularizer import ImageRegularizer


class PairedLesson:
    """See the module."""

    def __init__(
        self,
        generator: nn.Module,
        critic: nn.Module,
        batches: PairedBatches,
        *,
        adversary: Adversary,
        distance: Callable[[Tensor, Tensor], Tensor],
        adversarial: float,
        fidelity: float,
        regularizer: ImageRegularizer | None = None,
    ) -> None:
        """Hold both networks.

        distance    : (answer, truth) -> ()
        adversarial : weight of the critic's opinion; 0 = plain regression, and no critic learns
        fidelity    : weight of the distance
        regularizer : adds its cost to the generator's loss
        """
        self.generators, self.critics = nn.ModuleDict({"there": generator}), nn.ModuleDict({"target": critic})
        self.batches, self.adversary, self.distance = batches, adversary, distance
        self.adversarial, self.fidelity = adversarial, fidelity
        self.regularizer = regularizer
        self.contests = adversarial > 0

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        """Return a batch of both sides."""
        return self.batches.draw(count)

    def translate(self, source: Tensor, target: Tensor) -> Mapping[str, Tensor]:
        """Return what the generator makes of the source."""
        del target
        return {"target": self.generators["there"](source)}

    def of_critics(self, source: Tensor, target: Tensor, made: Mapping[str, Tensor]) -> Tensor:
        """Return the critic's loss: it sees what the image was made from beside it."""
        look = partial(self._look, source)
        return self.adversary.of_critic(look, target, made["target"].detach())

    def of_generators(self, source: Tensor, target: Tensor, made: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Return the parts of the generator's loss, weighed."""
        parts = {"fidelity": self.fidelity * self.distance(made["target"], target)}
        if self.contests:
            parts["adversarial"] = self.adversarial * self.adversary.of_generator(self._look(source, made["target"]))
        if self.regularizer is not None:
            parts["regularizer"] = self.regularizer.cost(made["target"], target)
        return parts

    def state(self) -> Mapping[str, Any]:
        """Return the batches' state, and the regularizer's."""
        kept = {"batches": dict(self.batches.state())}
        return kept if self.regularizer is None else {**kept, "regularizer": dict(self.regularizer.state())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.batches.restore(state["batches"])
        if self.regularizer is not None:
            self.regularizer.restore(state["regularizer"])

    def _look(self, source: Tensor, image: Tensor) -> Tensor:
        scores: Tensor = self.critics["target"](torch.cat([source, image], dim=1))
        return scores
