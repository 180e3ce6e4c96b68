"""A learner of one network by gradients: draw, forward, loss, step, average.

In:   a network, and a lesson: what draws batches and says how wrong the network is on one.
Out:  step, validate, state and restore, for the loop.
Not:  no question of what is learned (patch_learner.py, exam/lesson.py), no clock (loop.py).

Reference: Loshchilov & Hutter, ICLR 2019, arXiv:1711.05101 (AdamW); Smith & Topin, arXiv:1708.07120 (one cycle).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from isocenter.learning.channels_last import channels_last, lay_channels_last
from isocenter.learning.ema import EMA

for _name in ("lightning.fabric", "lightning.pytorch.utilities.rank_zero", "lightning.fabric.utilities.rank_zero"):
    logging.getLogger(_name).setLevel(logging.ERROR)  # they announce every precision they are asked for

LONGEST_GRADIENT = 12.0


@dataclass(frozen=True, kw_only=True)
class GradientConfig:
    """How one network is driven."""

    dimensions: int = 3
    """Spatial axes the network sees; 0 when it sees no image."""
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


class Lesson(Protocol):
    """What a training teaches, batch by batch."""

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Draw a batch and return how wrong the network is on it, ().

        network : the module, in training mode
        place   : brings an image tensor (N, C, *S) to the device and memory layout of the network; other tensors to the device
        """
        ...

    def learned(self, loss: float) -> None:
        """Hear how wrong the network was on the batch just drawn: samplers learn from it."""
        ...

    def state(self) -> Mapping[str, Any]:
        """Return sampler and generators."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        ...


Evaluated = Callable[[nn.Module], Mapping[str, float]]
"""The averaged network -> numbers of the tuning cases."""


def unmeasured(network: nn.Module) -> Mapping[str, float]:
    """Measure nothing: for a training without tuning cases."""
    del network
    return {}


def one_group(network: nn.Module, rate: float) -> list[dict[str, Any]]:
    """Return all parameters as one group."""
    return [{"params": list(network.parameters()), "lr": rate}]


def still_parts(network: nn.Module) -> list[nn.Module]:
    """Return the modules that have weights of which none learns."""
    return [m for m in network.modules() if (own := list(m.parameters())) and not any(p.requires_grad for p in own)]


class GradientLearner:
    """One network, one optimizer; see Learner in loop.py."""

    def __init__(
        self,
        network: nn.Module,
        lesson: Lesson,
        config: GradientConfig,
        *,
        evaluate: Evaluated = unmeasured,
        groups: Callable[[nn.Module, float], list[dict[str, Any]]] | None = None,
    ) -> None:
        """Set up optimizer, schedule and average.

        groups : (network, peak rate) -> parameter groups with a rate "lr" each, where layers learn at different rates
        """
        self.lesson, self.evaluate, c = lesson, evaluate, config
        self.steps = c.steps
        torch.manual_seed(c.seed)
        self.fabric = Fabric(accelerator="auto", devices=1, precision="bf16-mixed" if c.precision == "bfloat16" else "32-true")
        self.image_axes = c.dimensions + 2 if c.channels_last and c.dimensions else 0
        self.network = network.to(self.fabric.device)
        if self.image_axes:
            lay_channels_last(self.network)
        self.ema = EMA(self.network, decay=1.0 - 1.0 / max(2.0, c.average * c.steps))
        learning = groups(self.network, c.learning_rate) if groups else one_group(self.network, c.learning_rate)
        rates = [float(group["lr"]) for group in learning]
        optimizer = torch.optim.AdamW(learning, lr=c.learning_rate, weight_decay=c.weight_decay, betas=(0.9, 0.99))
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, rates, total_steps=max(2, c.steps), pct_start=min(0.9, max(c.warm_up, 1.5 / max(2, c.steps)))
        )
        driven = cast(nn.Module, torch.compile(self.network, dynamic=False)) if c.compiled else self.network
        self.driven, self.optimizer = self.fabric.setup(driven, optimizer)
        self._still = still_parts(self.network)

    def place(self, tensor: Tensor) -> Tensor:
        """Bring a tensor to the network's device; an image (N, C, *S) also to its memory layout."""
        moved: Tensor = self.fabric.to_device(tensor)
        return channels_last(moved) if moved.is_floating_point() and moved.ndim == self.image_axes else moved

    def step(self, step: int) -> Mapping[str, float]:
        """Learn from one batch. Returns loss and learning rate."""
        self.driven.train()
        for part in self._still:
            part.eval()  # neither its batch statistics move, nor does it drop anything
        loss = self.lesson.loss(self.driven, self.place)
        self.fabric.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), LONGEST_GRADIENT)
        self.optimizer.step()
        self.optimizer.zero_grad()
        rate = float(self.schedule.get_last_lr()[-1])
        if step + 1 < self.steps:
            self.schedule.step()
        self.ema.update(self.network)
        value = float(loss.detach())
        self.lesson.learned(value)
        return {"loss": value, "learning_rate": rate}

    def validate(self, step: int) -> Mapping[str, float]:
        """Measure the averaged network on the tuning cases."""
        del step
        return self.evaluate(self.ema.network)

    def state(self) -> Mapping[str, Any]:
        """Return network, optimizer, schedule, average, lesson and generators."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "ema": dict(self.ema.state()),
            "lesson": dict(self.lesson.state()),
            "torch": torch.get_rng_state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.ema.restore(state["ema"])
        self.lesson.restore(state["lesson"])
        torch.set_rng_state(state["torch"])
