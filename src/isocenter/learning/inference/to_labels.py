"""Scores become labels or probabilities, slab by slab, in arrays of one byte a sample.

In:   slabs of a sliding prediction, on the network's grid.
Out:  class indices uint8 (*S), or probabilities uint8 (K, *S), in memory or memory-mapped.
Not:  no other grid (to_grid.py).
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.learning.inference.sliding_window import Receiver, Slab


def labels_into(out: NDArray[np.uint8]) -> Receiver:
    """Return a receiver that writes the class of the highest score to (*S)."""

    def receive(slab: Slab) -> None:
        out[slab.where] = slab.in_place.argmax(dim=0).to(torch.uint8).numpy()

    return receive


def regions_into(out: NDArray[Any]) -> Receiver:
    """Return a receiver that writes, for overlapping regions, where a score is above 0 (probability above 1/2) to (K, *S)."""

    def receive(slab: Slab) -> None:
        out[(slice(None), *slab.where)] = (slab.in_place > 0).numpy()

    return receive


def probabilities_into(out: NDArray[np.uint8], *, overlapping: bool = False) -> Receiver:
    """Return a receiver that writes probabilities times 255, rounded, to (K, *S); softmax, or sigmoid for overlapping regions."""

    def receive(slab: Slab) -> None:
        probability = slab.in_place.sigmoid() if overlapping else slab.in_place.softmax(dim=0)
        out[(slice(None), *slab.where)] = probability.mul_(255).round_().to(torch.uint8).numpy()

    return receive


def both(*receivers: Receiver) -> Receiver:
    """Return a receiver that hands each slab to several."""

    def receive(slab: Slab) -> None:
        for one in receivers:
            one(slab)

    return receive
