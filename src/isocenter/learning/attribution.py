"""Attribution: which places of an exam a number a network says comes from.

Out:  Question (one number of one exam, a function of what is shown); Attribution, which every file of `attributions/` ends in.
Not:  no attribution itself (attributions/), no judgment whether a map is true to the network (faithfulness.py, randomization.py).
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.core.record import Record
from isocenter.learning.exam.batch import ExamBatch
from isocenter.learning.exam.network import look

TOGETHER = 8
"""Copies of an exam shown to a network at once."""


class Question(Record):
    """One number a network says of one exam."""

    network: nn.Module
    """Called as an ExamNetwork is; in evaluation mode."""
    batch: ExamBatch
    """Of one item."""
    target: str
    direction: Tensor
    """(outputs,): the number is the sum of the target's raw outputs weighted by it."""

    def score(self, *views: Tensor) -> Tensor:
        """Return the number (N,) for N exams that differ from the batch's in their views alone; per view (N, B, C, *S)."""
        own, count = self.batch, len(views[0])
        shown = ExamBatch(
            views=views,
            present=own.present.expand(count, -1, -1),
            filled=own.filled.expand(count, -1),
            where={name: where.expand(count, *where.shape[1:]) for name, where in own.where.items()},
            covariates=own.covariates.expand(count, -1),
            truths={},
        )
        raw = look(self.network, shown).raw[self.target].float()
        return raw @ self.direction.to(raw)  # (N,)

    @property
    def blank(self) -> tuple[Tensor, ...]:
        """The exam with everything removed: each channel of each instance is its own mean everywhere."""
        return tuple(view.mean(dim=tuple(range(3, view.ndim)), keepdim=True).expand_as(view) for view in self.batch.views)

    @property
    def places(self) -> tuple[int, ...]:
        """Shape of a map: instances, then the frame's size, (B, *S)."""
        shape = self.batch.views[0].shape
        return (int(shape[1]), *(int(n) for n in shape[3:]))


Maps = tuple[Tensor, ...]
"""(B, *S) each: one a view, or a single one where the views cannot be told apart."""


class Attribution(Record):
    """One way to ask."""

    card: Card
    signed: bool
    """True: a place above 0 speaks for the number, one below 0 against it. False: the map says how much, not which way."""
    per_view: bool
    """One map a view."""
    explain: Callable[[Question, np.random.Generator], Maps]


def gradients(question: Question, views: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return the gradient of each exam's number for its views, per view (N, B, C, *S); 0 for a view the network does not use."""
    with torch.enable_grad():
        leaves = [view.detach().clone().requires_grad_(True) for view in views]
        total = question.score(*leaves).sum()
        found = torch.autograd.grad(total, leaves, allow_unused=True)
    return tuple(torch.zeros_like(leaf) if g is None else g for g, leaf in zip(found, leaves, strict=True))


def joint(maps: Maps) -> Tensor:
    """Return the sum over views (B, *S)."""
    return torch.stack(list(maps)).sum(dim=0)
