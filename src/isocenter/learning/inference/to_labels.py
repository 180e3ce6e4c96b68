"""Scores become labels or probabilities, slab by slab, in arrays of one byte a sample.

In:   slabs of a sliding prediction, on the network's grid.
Out:  class indices uint8 (*S), or probabilities uint8 (K, *S), in memory or memory-mapped.
Not:  no other grid (to_grid.py).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.learning.inference.sliding_window import Receiver, Slab


def best_class(scores: Iterable[Tensor]) -> Tensor:
    """Return the class of the highest score: K times (*S) -> (*S) uint8; the first of equals.

    Holds one class at a time, and is several times faster than argmax over the slowest axis.
    """
    best: Tensor | None = None
    winner = torch.zeros(0, dtype=torch.uint8)
    for k, score in enumerate(scores):
        if best is None:
            best, winner = score.clone(), torch.zeros(score.shape, dtype=torch.uint8)
            continue
        winner.masked_fill_(score > best, k)
        torch.maximum(best, score, out=best)
    return winner


def labels_into(out: NDArray[np.uint8]) -> Receiver:
    """Return a receiver that writes the class of the highest score to (*S)."""

    def receive(slab: Slab) -> None:
        out[slab.where] = best_class(slab.scores).numpy()

    return receive


def regions_into(out: NDArray[Any]) -> Receiver:
    """Return a receiver that writes, for overlapping regions, where a score is above 0 (probability above 1/2) to (K, *S)."""

    def receive(slab: Slab) -> None:
        out[(slice(None), *slab.where)] = (slab.scores > 0).numpy()

    return receive


def probabilities_into(out: NDArray[np.uint8], *, overlapping: bool = False) -> Receiver:
    """Return a receiver that writes probabilities times 255, rounded, to (K, *S); softmax, or sigmoid for overlapping regions."""

    def receive(slab: Slab) -> None:
        probability = slab.scores.sigmoid() if overlapping else slab.scores.softmax(dim=0)
        out[(slice(None), *slab.where)] = probability.mul_(255).round_().to(torch.uint8).numpy()

    return receive


def both(*receivers: Receiver) -> Receiver:
    """Return a receiver that hands each slab to several."""

    def receive(slab: Slab) -> None:
        for one in receivers:
            one(slab)

    return receive


def last_apart(receive: Receiver, receive_last: Receiver) -> Receiver:
    """Return a receiver that hands the last channel of each slab to another than the rest."""

    def apart(slab: Slab) -> None:
        receive(Slab(axis=slab.axis, first=slab.first, scores=slab.scores[:-1]))
        receive_last(Slab(axis=slab.axis, first=slab.first, scores=slab.scores[-1:]))

    return apart
