"""A translation learned without pairs: there and back again must be the image one came from.

In:   a generator and a critic a side, adversary; batches of both sides, drawn apart.
Out:  losses of both sides; see TranslationLesson in translation_learner.py.

Reference: Zhu et al., ICCV 2017, arXiv:1703.10593.
Differs:   no identity loss: the sides have channels and units of their own.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from torch import Tensor, nn

from isocenter.learning.generative.adversary import Adversary
from isocenter.learning.generative.image_pool import ImagePool
from isocenter.learning.generative.translation_batch import UnpairedBatches


class CycleLesson:
    """See the module."""

    contests = True

    def __init__(
        self,
        generators: tuple[nn.Module, nn.Module],
        critics: tuple[nn.Module, nn.Module],
        batches: UnpairedBatches,
        *,
        adversary: Adversary,
        distance: Callable[[Tensor, Tensor], Tensor],
        adversarial: float,
        fidelity: float,
        seed: int,
    ) -> None:
        """Hold all four.

        generators  : source -> target, target -> source
        critics     : of sources, of targets
        distance    : (image there and back, image) -> ()
        adversarial : weight of the critics' opinions
        fidelity    : weight of the distance
        """
        self.generators = nn.ModuleDict({"there": generators[0], "back": generators[1]})
        self.critics = nn.ModuleDict({"source": critics[0], "target": critics[1]})
        self.batches, self.adversary, self.distance = batches, adversary, distance
        self.adversarial, self.fidelity = adversarial, fidelity
        self._random = np.random.default_rng([seed, 9])
        self._pools = {name: ImagePool(self._random) for name in ("source", "target")}

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        """Return a batch of both sides."""
        return self.batches.draw(count)

    def translate(self, source: Tensor, target: Tensor) -> Mapping[str, Tensor]:
        """Return both sides made of one another."""
        return {"target": self.generators["there"](source), "source": self.generators["back"](target)}

    def of_critics(self, source: Tensor, target: Tensor, made: Mapping[str, Tensor]) -> Tensor:
        """Return the loss of both critics, who are also shown images made earlier."""
        of_target = self.adversary.of_critic(self._look("target"), target, self._pools["target"].exchange(made["target"]))
        of_source = self.adversary.of_critic(self._look("source"), source, self._pools["source"].exchange(made["source"]))
        return of_target + of_source

    def of_generators(self, source: Tensor, target: Tensor, made: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Return the parts of both generators' loss, weighed."""
        believed = [self.adversary.of_generator(self._look(side)(made[side])) for side in ("source", "target")]
        back = self.distance(self.generators["back"](made["target"]), source)
        forth = self.distance(self.generators["there"](made["source"]), target)
        return {"adversarial": self.adversarial * (believed[0] + believed[1]), "fidelity": self.fidelity * (back + forth)}

    def state(self) -> Mapping[str, Any]:
        """Return batches, pools and their generator."""
        pools = {name: dict(pool.state()) for name, pool in self._pools.items()}
        return {"batches": dict(self.batches.state()), "pools": pools, "random": self._random.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.batches.restore(state["batches"])
        self._random.bit_generator.state = state["random"]
        for name, pool in self._pools.items():
            pool.restore(state["pools"][name])

    def _look(self, side: str) -> Callable[[Tensor], Tensor]:
        return self.critics[side]
