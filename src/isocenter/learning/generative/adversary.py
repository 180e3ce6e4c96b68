"""Adversary: how wrong a critic and a generator are, seen by one another.

In:   a critic, real and made images. Out: losses.
Not:  no step, no optimizer.
"""

from collections.abc import Callable

from torch import Tensor

from isocenter.core.method import Card
from isocenter.core.record import Record

Look = Callable[[Tensor], Tensor]
"""Images (N, C, s, s) -> the critic's scores (N,)."""


class Adversary(Record):
    """Two losses that pull against one another."""

    card: Card
    of_critic: Callable[[Look, Tensor, Tensor], Tensor]
    """(look, real, made) -> (); both (N, C, s, s)."""
    of_generator: Callable[[Tensor], Tensor]
    """Scores of made images (N,) -> ()."""
    batch_wise: bool
    """Whether the critic may normalize over a batch: a penalty on single gradients forbids it."""
