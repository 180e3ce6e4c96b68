"""A learner of translators: generators on one side, critics on the other, one step of each in turn.

In:   a lesson: networks, batches and losses of both sides.
Out:  step, validate, state and restore, for the loop; the averaged generator.
Not:  no losses (paired_lesson.py, cycle_lesson.py), no clock.

Reference: Goodfellow et al., NeurIPS 2014, arXiv:1406.2661; Zhu et al., ICCV 2017, arXiv:1703.10593 (rate constant, then falling).
Differs:   the averaged generator answers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from isocenter.learning.channels_last import channels_last, lay_channels_last
from isocenter.learning.ema import EMA
from isocenter.learning.gradient_learner import unmeasured


class TranslationLesson(Protocol):
    """What two sides learn from one another."""

    generators: nn.ModuleDict
    """Of them, "there" is the one that answers."""
    critics: nn.ModuleDict
    contests: bool
    """Whether the critics are asked at all."""

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        """Return a batch of sources (N, C, *patch) and one of targets (N, K, *patch)."""
        ...

    def translate(self, source: Tensor, target: Tensor) -> Mapping[str, Tensor]:
        """Return made images by side."""
        ...

    def of_critics(self, source: Tensor, target: Tensor, made: Mapping[str, Tensor]) -> Tensor:
        """Return the critics' loss, (); nothing of it reaches the generators."""
        ...

    def of_generators(self, source: Tensor, target: Tensor, made: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """Return the parts of the generators' loss, each ()."""
        ...

    def state(self) -> Mapping[str, Any]:
        """Return what the next batches depend on."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        ...


@dataclass(frozen=True, kw_only=True)
class TranslationConfig:
    """How both sides are driven."""

    dimensions: int = 2
    steps: int = 1000
    batch: int = 4
    learning_rate: float = 2e-4
    """Of both; constant over the first half of the steps, then falling to 0."""
    weight_decay: float = 0.0
    average: float = 0.03
    """Share of the steps the averaged generator looks back."""
    precision: str = "float32"
    channels_last: bool = True
    seed: int = 0


class TranslationLearner:
    """See Learner in loop.py."""

    def __init__(
        self,
        lesson: TranslationLesson,
        config: TranslationConfig,
        *,
        evaluate: Callable[[nn.Module], Mapping[str, float]] = unmeasured,
    ) -> None:
        """Set up optimizers, schedules and the average."""
        self.lesson, self.config, self.evaluate = lesson, config, evaluate
        torch.manual_seed(config.seed)
        half = config.precision == "bfloat16"
        self.fabric = Fabric(accelerator="auto", devices=1, precision="bf16-mixed" if half else "32-true")
        self.channels_last = config.channels_last
        for networks in (lesson.generators, lesson.critics):
            networks.to(self.fabric.device)
            if self.channels_last:
                lay_channels_last(networks)
            networks.train()
        forward = lesson.generators["there"]
        self.ema = EMA(forward, decay=1.0 - 1.0 / max(2.0, config.average * config.steps))
        self.optimizers = {
            name: torch.optim.AdamW(
                networks.parameters(), config.learning_rate, betas=(0.5, 0.999), weight_decay=config.weight_decay
            )
            for name, networks in (("generators", lesson.generators), ("critics", lesson.critics))
        }

    def step(self, step: int) -> Mapping[str, float]:
        """Let the critics learn from a batch, then the generators from the critics. Returns the losses."""
        rate = self.config.learning_rate * min(1.0, 2.0 * (1.0 - step / self.config.steps))
        source, target = (self._place(side) for side in self.lesson.draw(self.config.batch))
        with self.fabric.autocast():
            made = self.lesson.translate(source, target)
        told: dict[str, float] = {}
        if self.lesson.contests:
            with self.fabric.autocast():
                loss = self.lesson.of_critics(source, target, made)
            self._descend("critics", loss, rate)
            told["loss_critic"] = float(loss.detach())
        _learn(self.lesson.critics.parameters(), learns=False)  # they are only asked now
        with self.fabric.autocast():
            parts = self.lesson.of_generators(source, target, made)
        total = torch.stack([part.float() for part in parts.values()]).sum()
        self._descend("generators", total, rate)
        _learn(self.lesson.critics.parameters(), learns=True)
        self.ema.update(self.lesson.generators["there"])
        told |= {f"loss_{name}": float(part.detach()) for name, part in parts.items()}
        return {"loss": float(total.detach()), **told, "learning_rate": rate}

    def validate(self, step: int) -> Mapping[str, float]:
        """Measure the averaged generator on the tuning cases."""
        del step
        return self.evaluate(self.ema.network)

    def state(self) -> Mapping[str, Any]:
        """Return networks, optimizers, average, lesson and torch's generator."""
        return {
            "generators": self.lesson.generators.state_dict(),
            "critics": self.lesson.critics.state_dict(),
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()},
            "ema": dict(self.ema.state()),
            "lesson": dict(self.lesson.state()),
            "torch": torch.get_rng_state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.lesson.generators.load_state_dict(state["generators"])
        self.lesson.critics.load_state_dict(state["critics"])
        for name, optimizer in self.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        self.ema.restore(state["ema"])
        self.lesson.restore(state["lesson"])
        torch.set_rng_state(state["torch"])

    def _place(self, images: Tensor) -> Tensor:
        moved: Tensor = self.fabric.to_device(images)
        return channels_last(moved) if self.channels_last else moved

    def _descend(self, side: str, loss: Tensor, rate: float) -> None:
        optimizer = self.optimizers[side]
        for group in optimizer.param_groups:
            group["lr"] = rate
        self.fabric.backward(loss)
        optimizer.step()
        optimizer.zero_grad()


def _learn(parameters: Iterable[nn.Parameter], *, learns: bool) -> None:
    for parameter in parameters:
        parameter.requires_grad_(learns)
