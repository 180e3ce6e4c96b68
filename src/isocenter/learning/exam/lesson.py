"""What a network of exams is taught: which items come, how they are changed, and how wrong the heads are.

In:   items, heads, a batch size, an augmenter.
Out:  the loss of a batch; state and restore.
Not:  no optimizer (gradient_learner.py), no network.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.exam.batch import ExamBatch, collate
from isocenter.learning.exam.dense import Dense
from isocenter.learning.exam.items import Item
from isocenter.learning.exam.network import look
from isocenter.learning.head import Head

FEW = 2.0
"""Times as many labels as another, from which on a target's labels are drawn as often as the other's."""


@dataclass(frozen=True, kw_only=True)
class LessonConfig:
    """How items become batches."""

    batch: int = 16
    instances: int = 16
    """Images or slices of a bag looked at in one step, at most."""
    view_dropout: float = 0.0
    """Chance that a view an item has is hidden in a step; one always stays."""
    auxiliary_weight: float = 0.5
    """Of the losses of single views, where a fusion has them."""
    weights: Mapping[str, float] | None = None
    """Of each target's loss; None = alike."""


class ExamLesson:
    """See Lesson in learning/gradient_learner.py."""

    def __init__(
        self,
        items: Sequence[Item],
        heads: Mapping[str, Head | Dense],
        *,
        config: LessonConfig,
        augment: Augmenter,
        generator: np.random.Generator,
        balance: str = "",
    ) -> None:
        """Take items in.

        balance : a target whose classes are drawn equally often; "" = none. Either way targets of few labels are drawn as
            `of_every_target` says; where neither applies every item comes once before any comes again.
        """
        self.items, self.heads, self.config, self.augment = items, heads, config, augment
        self._generator = generator
        chance = of_every_target(items, heads)
        self._chance = balanced(items, balance, chance) if balance else chance
        self._left: list[int] = []
        self.counts = truth_counts(heads, items)

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the loss of one batch."""
        batch = self.draw().map(place)
        output = look(network, batch)
        total = self._of(output.raw, batch)
        for view, raw in enumerate(output.auxiliary):
            total = total + self.config.auxiliary_weight / len(output.auxiliary) * self._of(raw, _showing(batch, view))
        return total

    def learned(self, loss: float) -> None:
        """Change nothing: items are drawn whatever the loss."""
        del loss

    def draw(self) -> ExamBatch:
        """Return the next batch, changed at random."""
        items = [self.items[i] for i in self._next(self.config.batch)]
        chosen = [self._instances(len(item.present)) for item in items]
        return self._hide_views(self._changed(collate(items, truths=self.counts, chosen=chosen)))

    def state(self) -> Mapping[str, Any]:
        """Return generators, and what is left of the round."""
        return {
            "generator": self._generator.bit_generator.state,
            "left": list(self._left),
            "augmentation": dict(self.augment.state()),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self._generator.bit_generator.state = state["generator"]
        self._left = [int(i) for i in state["left"]]
        self.augment.restore(state["augmentation"])

    def _next(self, count: int) -> list[int]:
        if self._chance is not None:
            return [int(i) for i in self._generator.choice(len(self.items), count, p=self._chance)]
        while len(self._left) < count:
            self._left += [int(i) for i in self._generator.permutation(len(self.items))]
        taken, self._left = self._left[:count], self._left[count:]
        return taken

    def _instances(self, available: int) -> NDArray[np.intp]:
        most = self.config.instances
        if available <= most:
            return np.arange(available)
        return np.sort(self._generator.choice(available, most, replace=False))

    def _changed(self, batch: ExamBatch) -> ExamBatch:
        """Return the batch augmented: all views, scopes and masks of an instance alike."""
        count, bag = batch.filled.shape
        images = torch.cat([view.flatten(0, 1) for view in batch.views], dim=1)  # (N * B, ΣC, *S)
        names = list(batch.where)
        masked = [name for name, head in self.heads.items() if isinstance(head, Dense) and name in batch.truths]
        scopes = [batch.where[name].flatten(0, 1) for name in names]
        scopes += [batch.truths[name].flatten(0, 1)[:, None] for name in masked]
        target = torch.cat(scopes, dim=1) if scopes else torch.zeros(len(images), 1, *images.shape[2:])
        images, target = self.augment(images, target)
        views, first = [], 0
        for v, view in enumerate(batch.views):
            channels = view.shape[2]
            there = batch.present[:, :, v].reshape(-1, 1, *[1] * (images.ndim - 2))
            changed = images[:, first : first + channels] * there  # what is missing stays zeros
            views.append(changed.view(count, bag, channels, *images.shape[2:]))
            first += channels
        # What was turned in from outside the frame is NaN: not spoken of, not assessed.
        where = {name: target[:, [i]].nan_to_num(0).view(count, bag, 1, *target.shape[2:]) for i, name in enumerate(names)}
        masks = {name: target[:, len(names) + i].view(count, bag, *target.shape[2:]) for i, name in enumerate(masked)}
        unseen = {name: spoken.flatten(1).amax(dim=1) <= 0 for name, spoken in where.items()}  # (N,): turned out of the frame
        truths = {name: _unassessed(truth, unseen[name]) if name in unseen else truth for name, truth in batch.truths.items()}
        return ExamBatch(
            views=tuple(views), present=batch.present, filled=batch.filled, where=where,
            covariates=batch.covariates, truths={**truths, **masks},
        )  # fmt: skip

    def _hide_views(self, batch: ExamBatch) -> ExamBatch:
        """Hide views at random, the same of all instances of an item; one that an item has always stays."""
        if not self.config.view_dropout or len(batch.views) < 2:
            return batch
        present = batch.present.clone()
        for n in range(len(present)):
            there = np.flatnonzero(batch.present[n].amax(dim=0).numpy() > 0)
            hidden = there[self._generator.random(len(there)) < self.config.view_dropout]
            if len(hidden) == len(there) and len(there):
                hidden = np.setdiff1d(hidden, self._generator.choice(there, 1))
            present[n][:, hidden] = 0
        views = tuple(
            view * present[:, :, v].view(*present.shape[:2], *[1] * (view.ndim - 2)) for v, view in enumerate(batch.views)
        )
        filled = batch.filled * (present.amax(dim=2) > 0)  # an instance of which nothing is left is none
        return ExamBatch(
            views=views, present=present, filled=filled, where=batch.where, covariates=batch.covariates, truths=batch.truths
        )

    def _of(self, raw: Mapping[str, Tensor], batch: ExamBatch) -> Tensor:
        weights = self.config.weights or {}
        losses = [
            weights.get(name, 1.0) * mean
            for name, head in self.heads.items()
            if name in raw and name in batch.truths and (mean := mean_loss(head, raw[name], batch.truths[name])) is not None
        ]
        if not losses:  # nobody in the batch was assessed for anything: nothing to learn from it
            return 0.0 * torch.stack([value.sum() for value in raw.values()]).sum()
        return torch.stack(losses).sum()


def _showing(batch: ExamBatch, view: int) -> ExamBatch:
    """Return the batch with nobody assessed who lacks a view: from nothing there is nothing to answer."""
    lacks = batch.present[:, :, view].amax(dim=1) <= 0  # (N,)
    truths = {name: _unassessed(truth, lacks) for name, truth in batch.truths.items()}
    return ExamBatch(
        views=batch.views, present=batch.present, filled=batch.filled, where=batch.where, covariates=batch.covariates, truths=truths
    )


def _unassessed(truth: Tensor, which: Tensor) -> Tensor:
    """Return truths (N, …) with those of `which` (N,) not assessed."""
    return truth.masked_fill(which.view(-1, *[1] * (truth.ndim - 1)), float("nan"))


def mean_loss(head: Head | Dense, raw: Tensor, truth: Tensor) -> Tensor | None:
    """Return the mean loss of the cases that were assessed, (); None when none was."""
    known = ~truth.isnan().flatten(1).all(dim=1)
    return head.loss(raw[known], truth[known]).mean() if bool(known.any()) else None


def truth_counts(heads: Mapping[str, Head | Dense], items: Sequence[Item]) -> dict[str, int]:
    """Return how many numbers a label of each target has; masks have their own shape."""
    vectors = [name for name, head in heads.items() if not isinstance(head, Dense)]
    return {name: next((len(item.truths[name]) for item in items if name in item.truths), 1) for name in vectors}


def of_every_target(items: Sequence[Item], heads: Mapping[str, Head | Dense]) -> NDArray[np.float64] | None:
    """Return the chance of each item with which every target's labels come equally often: few masks are not lost among many counts.

    None where no target has FEW times as many labels as another: then every item may come equally often.
    """
    if len(heads) < 2 or not items:
        return None
    has = np.array([[name in item.truths or name in item.masks for name in heads] for item in items], float)  # (N, T)
    counts = has.sum(axis=0)
    if counts.min() <= 0 or counts.max() < FEW * counts.min():
        return None
    chance = (has / counts).sum(axis=1)
    return np.asarray(chance / chance.sum())


def balanced(items: Sequence[Item], target: str, chance: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Return the chance of each item (N,) with which every class of a target comes equally often.

    Items not assessed keep their chance, and so do all that were, taken together. A combination of findings (multilabel) counts as
    a class.

    chance : (N,) of each item before; None = alike
    """
    before = np.full(len(items), 1.0 / len(items)) if chance is None else chance
    words = [tuple(np.nan_to_num(item.truths[target], nan=-1.0).tolist()) if target in item.truths else None for item in items]
    mass: dict[tuple[float, ...] | None, float] = {}
    for word, each in zip(words, before, strict=True):
        mass[word] = mass.get(word, 0.0) + float(each)
    known = [total for word, total in mass.items() if word is not None]
    factor = {word: 1.0 if word is None else sum(known) / (len(known) * total) for word, total in mass.items()}
    after = before * np.array([factor[word] for word in words])
    return np.asarray(after / after.sum())
