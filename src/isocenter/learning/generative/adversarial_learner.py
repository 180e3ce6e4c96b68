"""A learner of two networks that pull against one another.

In:   generator, critic, adversary; real images with what is known of them.
Out:  step, validate, state and restore, for the loop; the averaged generator.
Not:  no networks, no losses, no clock.

Reference: Goodfellow et al., NeurIPS 2014, arXiv:1406.2661; Yazıcı et al., ICLR 2019, arXiv:1806.04498 (averaged generator).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from lightning.fabric import Fabric
from numpy.typing import NDArray
from torch import Tensor

from isocenter.learning.ema import EMA
from isocenter.learning.generative.adversary import Adversary
from isocenter.learning.generative.pair import Critic, Generator


@dataclass(frozen=True, kw_only=True)
class AdversarialConfig:
    """How the two are driven."""

    steps: int
    """Of the generator."""
    batch: int = 32
    latent: int = 64
    critic_steps: int = 1
    """Of the critic, for each of the generator."""
    learning_rate: float = 2e-4
    first_moment: float = 0.5
    """Adam's; its second is 0.99."""
    average: float = 0.05
    """Share of the steps the averaged generator looks back."""
    seed: int = 0


class AdversarialLearner:
    """See Learner in loop.py."""

    def __init__(
        self,
        generator: Generator,
        critic: Critic,
        adversary: Adversary,
        images: NDArray[np.float32],
        conditions: NDArray[np.float32],
        config: AdversarialConfig,
    ) -> None:
        """Set up both.

        images     : (N, C, side, side) in [-1, 1]
        conditions : (N, K)
        """
        self.config, self.adversary = config, adversary
        self.images, self.conditions = torch.from_numpy(images), torch.from_numpy(conditions)
        self.fabric = Fabric(accelerator="auto", devices=1, precision="32-true")
        self.random = torch.Generator().manual_seed(config.seed)
        torch.manual_seed(config.seed)
        self.generator, self.critic = generator.to(self.fabric.device), critic.to(self.fabric.device)
        self.ema = EMA(self.generator, decay=1.0 - 1.0 / max(2.0, config.average * config.steps))
        betas = (config.first_moment, 0.99)
        self.driven, self.optimizer = self.fabric.setup(
            self.generator, torch.optim.Adam(self.generator.parameters(), config.learning_rate, betas)
        )
        self.judging, self.critic_optimizer = self.fabric.setup(
            self.critic, torch.optim.Adam(self.critic.parameters(), config.learning_rate, betas)
        )
        self.grown = 0.0

    def step(self, step: int) -> Mapping[str, float]:
        """Let the critic look `critic_steps` times, then the generator learn from it. Returns both losses."""
        self.grown = step / max(self.config.steps - 1, 1)
        self.generator.train()
        of_critic = 0.0
        for _ in range(self.config.critic_steps):
            real, conditions = self._draw()
            with torch.no_grad():
                made = self.driven(self._latent(len(real)), conditions, self.grown)
            look = partial(self._judge, conditions=conditions)
            loss = self.adversary.of_critic(look, self.critic.view(real, self.grown), made)
            self.critic_optimizer.zero_grad()
            self.fabric.backward(loss)
            self.critic_optimizer.step()
            of_critic = float(loss.detach())
        _, conditions = self._draw()
        scores = self._judge(self.driven(self._latent(len(conditions)), conditions, self.grown), conditions=conditions)
        loss = self.adversary.of_generator(scores)
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        self.optimizer.step()
        self.ema.update(self.generator)
        return {"loss_generator": float(loss.detach()), "loss_critic": of_critic}

    def validate(self, step: int) -> Mapping[str, float]:
        """Measure nothing: whoever has use for the images looks at them."""
        del step
        return {}

    def state(self) -> Mapping[str, Any]:
        """Return both networks, both optimizers, the average and the generators of random numbers."""
        return {
            "generator": self.generator.state_dict(),
            "critic": self.critic.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "critic_optimizer": self.critic_optimizer.state_dict(),
            "ema": dict(self.ema.state()),
            "random": self.random.get_state(),
            "torch": torch.get_rng_state(),
            "grown": self.grown,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.generator.load_state_dict(state["generator"])
        self.critic.load_state_dict(state["critic"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.critic_optimizer.load_state_dict(state["critic_optimizer"])
        self.ema.restore(state["ema"])
        self.random.set_state(state["random"])
        torch.set_rng_state(state["torch"])
        self.grown = float(state["grown"])

    def _judge(self, images: Tensor, *, conditions: Tensor) -> Tensor:
        scores: Tensor = self.judging(images, conditions, self.grown)
        return scores

    def _draw(self) -> tuple[Tensor, Tensor]:
        chosen = torch.randint(len(self.images), (self.config.batch,), generator=self.random)
        real: Tensor = self.fabric.to_device(self.images[chosen])
        conditions: Tensor = self.fabric.to_device(self.conditions[chosen])
        return real, conditions

    def _latent(self, count: int) -> Tensor:
        drawn: Tensor = self.fabric.to_device(torch.randn(count, self.config.latent, generator=self.random))
        return drawn
