"""A learner of one network from patches: draw, augment, forward, loss, step, average.

In:   prepared cases, a network, a loss, a sampler and an augmentation, already chosen.
Out:  step, validate, state and restore, for the loop.
Not:  no question of what is learned: segmentation and density maps differ only in the loss they hand in.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.deep_supervision import supervised_loss
from isocenter.learning.ema import EMA
from isocenter.learning.patch_batch import cut_batch
from isocenter.learning.places import Sampler
from isocenter.learning.preparation import Prepared

for _name in ("lightning.fabric", "lightning.pytorch.utilities.rank_zero", "lightning.fabric.utilities.rank_zero"):
    logging.getLogger(_name).setLevel(logging.ERROR)  # they announce every precision they are asked for


@dataclass(frozen=True, kw_only=True)
class PatchLearnerConfig:
    """How one network is driven."""

    patch: tuple[int, ...]
    """Samples per axis of the image; an axis of 1 is dropped before a 2-D network."""
    batch: int = 2
    steps: int = 1000
    learning_rate: float = 3e-3
    """Peak of the one-cycle schedule."""
    weight_decay: float = 1e-2
    warm_up: float = 0.15
    """Share of the steps until the peak."""
    average: float = 0.03
    """Share of the steps the moving average of the weights looks back."""
    precision: str = "float32"
    """"float32" or "bfloat16" (autocast; weights stay float32)."""
    channels_last: bool = True
    compiled: bool = False
    seed: int = 0


def unmeasured(network: nn.Module) -> Mapping[str, float]:
    """Measure nothing: for a training without tuning cases."""
    del network
    return {}


class PatchLearner:
    """One network, one optimizer; see Learner in loop.py."""

    def __init__(
        self,
        network: nn.Module,
        *,
        cases: Sequence[Prepared],
        loss: Callable[[Tensor, Tensor], Tensor],
        sampler: Sampler,
        augment: Augmenter,
        config: PatchLearnerConfig,
        evaluate: Callable[[nn.Module], Mapping[str, float]] = unmeasured,
    ) -> None:
        self.config = c = config
        torch.manual_seed(c.seed)
        self.fabric = Fabric(accelerator="auto", devices=1, precision="bf16-mixed" if c.precision == "bfloat16" else "32-true")
        self.flat = tuple(a for a, n in enumerate(c.patch) if n == 1)  # axes a 2-D network does not see
        self.memory_format = torch.channels_last if len(c.patch) - len(self.flat) == 2 else torch.channels_last_3d
        self.network = network.to(self.fabric.device)
        if c.channels_last:
            self.network = self.network.to(memory_format=self.memory_format)  # type: ignore[call-overload]
        self.ema = EMA(self.network, decay=1.0 - 1.0 / max(2.0, c.average * c.steps))
        optimizer = torch.optim.AdamW(self.network.parameters(), lr=c.learning_rate, weight_decay=c.weight_decay, betas=(0.9, 0.99))
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, c.learning_rate, total_steps=max(2, c.steps), pct_start=min(0.9, max(c.warm_up, 1.5 / max(2, c.steps)))
        )
        driven = cast(nn.Module, torch.compile(self.network, dynamic=False)) if c.compiled else self.network
        self.driven, self.optimizer = self.fabric.setup(driven, optimizer)
        self.cases, self.loss, self.sampler, self.augment, self.evaluate = cases, loss, sampler, augment, evaluate

    def step(self, step: int) -> Mapping[str, float]:
        """Learn from one batch. Returns loss and learning rate."""
        specs = self.sampler.draw(self.config.batch)
        image, target = cut_batch(self.cases, specs, self.config.patch)
        image, target = self._flatten(image, self.config.patch), self._flatten(target, self.config.patch)
        image, target = self.augment(image, target)
        image, target = self.fabric.to_device((image, target))
        if self.config.channels_last:
            image = image.contiguous(memory_format=self.memory_format)
        self.driven.train()
        loss = supervised_loss(self.driven(image), target, self.loss)
        self.fabric.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 12.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        rate = float(self.schedule.get_last_lr()[0])
        if step + 1 < self.config.steps:
            self.schedule.step()
        self.ema.update(self.network)
        value = float(loss.detach())
        self.sampler.feedback(specs, [value] * len(specs))
        return {"loss": value, "learning_rate": rate}

    def validate(self, step: int) -> Mapping[str, float]:
        """Measure the averaged network on the tuning cases."""
        del step
        return self.evaluate(self.ema.network)

    def state(self) -> Mapping[str, Any]:
        """Return networks, optimizer, schedule, average, sampler and generators."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "ema": dict(self.ema.state()),
            "sampler": dict(self.sampler.state()),
            "augmentation": dict(self.augment.state()),
            "torch": torch.get_rng_state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.ema.restore(state["ema"])
        self.sampler.restore(state["sampler"])
        self.augment.restore(state["augmentation"])
        torch.set_rng_state(state["torch"])

    def _flatten(self, tensor: Tensor, patch: tuple[int, ...]) -> Tensor:
        """Drop the axes of one sample: (N, C, X, Y, 1) -> (N, C, X, Y); (N, X, Y, 1) -> (N, X, Y)."""
        first = tensor.ndim - len(patch)
        for axis in reversed(self.flat):
            tensor = tensor.squeeze(axis + first)
        return tensor
