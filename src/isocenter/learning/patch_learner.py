"""A learner of one network from patches: cut, augment, forward, loss.

In:   prepared cases, a network, a loss, a sampler and an augmentation, already chosen.
Out:  a GradientLearner.
Not:  no question of what is learned: segmentation and density maps differ only in the loss they hand in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.deep_supervision import supervised_loss
from isocenter.learning.gradient_learner import GradientConfig, GradientLearner, unmeasured
from isocenter.learning.patch_batch import cut_batch
from isocenter.learning.places import PatchSpec, Sampler
from isocenter.learning.preparation import Prepared
from isocenter.learning.regularizer import Regularizer


@dataclass(frozen=True, kw_only=True)
class PatchLearnerConfig:
    """How one network learns from patches."""

    patch: tuple[int, ...]
    """Samples per axis of the image; an axis of 1 is dropped before a 2-D network."""
    batch: int = 2
    steps: int = 1000
    learning_rate: float = 3e-3
    """Peak of the one-cycle schedule."""
    weight_decay: float = 1e-2
    average: float = 0.03
    """Share of the steps the moving average of the weights looks back."""
    precision: str = "float32"
    """"float32" or "bfloat16" (autocast; weights stay float32)."""
    channels_last: bool = True
    compiled: bool = False
    seed: int = 0
    middle: bool = False
    """Only the middle sample of a patch is answered: (N, K, 1, …)."""
    foreground_augmented: bool = False
    """Only patches with foreground (a middle sample of it, where that alone is answered) are augmented."""

    @property
    def flat(self) -> tuple[int, ...]:
        """Axes a 2-D network does not see."""
        return tuple(a for a, n in enumerate(self.patch) if n == 1)

    def gradients(self) -> GradientConfig:
        """Return how the network is driven."""
        return GradientConfig(
            dimensions=len(self.patch) - len(self.flat),
            steps=self.steps,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            average=self.average,
            precision=self.precision,
            channels_last=self.channels_last,
            compiled=self.compiled,
            seed=self.seed,
        )


class PatchLesson:
    """Patches of prepared cases, and what the network should have said of them; see Lesson in gradient_learner.py."""

    def __init__(
        self,
        cases: Sequence[Prepared],
        *,
        loss: Callable[[Tensor, Tensor], Tensor],
        sampler: Sampler,
        augment: Augmenter,
        config: PatchLearnerConfig,
        regularizer: Regularizer | None = None,
    ) -> None:
        self.cases, self.criterion, self.sampler, self.augment, self.config = cases, loss, sampler, augment, config
        self.regularizer = regularizer
        self._drawn: Sequence[PatchSpec] = ()
        self._losses: Sequence[float] = ()

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the loss of one batch of patches."""
        drawn, target = self.batch()
        image, truth = place(drawn), place(self._answered(target))
        answer = network(image)
        self._losses = self._each(answer, truth) if self.sampler.listens else ()
        loss = supervised_loss(answer, truth, self.criterion)
        if self.regularizer is None:
            return loss
        return loss + self.regularizer.cost(image, answer if isinstance(answer, Tensor) else answer[0], truth)

    def batch(self) -> tuple[Tensor, Tensor]:
        """Draw patches: images (N, C, *S), and targets as the loss takes them; both augmented, without axes of one sample."""
        self._drawn = self.sampler.draw(self.config.batch)
        image, target = cut_batch(self.cases, self._drawn, self.config.patch)
        image, target = self._flatten(image), self._flatten(target)
        return self._augmented(image, target)

    def learned(self, loss: float) -> None:
        """Tell the sampler: of each patch, if it listens."""
        self.sampler.feedback(self._drawn, self._losses or [loss] * len(self._drawn))

    def state(self) -> Mapping[str, Any]:
        """Return sampler, augmentation and regularizer."""
        kept = {"sampler": dict(self.sampler.state()), "augmentation": dict(self.augment.state())}
        return kept if self.regularizer is None else {**kept, "regularizer": dict(self.regularizer.state())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.sampler.restore(state["sampler"])
        self.augment.restore(state["augmentation"])
        if self.regularizer is not None:
            self.regularizer.restore(state["regularizer"])

    def _augmented(self, image: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Return the batch, all of it augmented, or its patches with foreground alone."""
        if not self.config.foreground_augmented:
            return self.augment(image, target)
        chosen = (self._answered(target) > 0).flatten(1).any(dim=1).nonzero()[:, 0]
        if not len(chosen):
            return image, target
        image, target = image.clone(), target.clone()
        image[chosen], target[chosen] = self.augment(image[chosen], target[chosen])
        return image, target

    def _answered(self, target: Tensor) -> Tensor:
        """Return the samples of a target the network answers for: all, or the middle one as (N, [K,] 1, …)."""
        if not self.config.middle:
            return target
        axes = len(self.config.patch) - len(self.config.flat)
        for axis in range(target.ndim - axes, target.ndim):
            target = target.narrow(axis, target.shape[axis] // 2, 1)
        return target

    @torch.no_grad()
    def _each(self, answer: Tensor | Sequence[Tensor], truth: Tensor) -> Sequence[float]:
        """Return the loss of every patch, at full resolution."""
        finest = answer if isinstance(answer, Tensor) else answer[0]
        return [float(self.criterion(finest[i : i + 1], truth[i : i + 1])) for i in range(len(finest))]

    def _flatten(self, tensor: Tensor) -> Tensor:
        """Drop the axes of one sample: (N, C, X, Y, 1) -> (N, C, X, Y); (N, X, Y, 1) -> (N, X, Y)."""
        first = tensor.ndim - len(self.config.patch)
        for axis in reversed(self.config.flat):
            tensor = tensor.squeeze(axis + first)
        return tensor


class PatchLearner(GradientLearner):
    """One network that learns from patches."""

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
        regularizer: Regularizer | None = None,
    ) -> None:
        lesson = PatchLesson(cases, loss=loss, sampler=sampler, augment=augment, config=config, regularizer=regularizer)
        super().__init__(network, lesson, config.gradients(), evaluate=evaluate)
        if regularizer is not None:
            regularizer.to(self.fabric.device)
