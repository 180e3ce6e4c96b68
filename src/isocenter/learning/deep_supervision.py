"""Deep supervision: one loss over logits at several resolutions.

In:   logits finest first, the target at full size.
Out:  the weighted sum; weights 1, 1/2, 1/4, … divided by their sum.
Not:  no heads (networks/), no loss of its own (losses/).

Reference: Isensee et al., Nat Methods 2021; 18:203-211; Lee et al., AISTATS 2015, arXiv:1409.5185.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def supervision_weights(heads: int) -> tuple[float, ...]:
    """Return one weight a head, finest first, each half the one before; they sum to 1."""
    weights = [0.5**i for i in range(heads)]
    return tuple(w / sum(weights) for w in weights)


def supervised_loss(outputs: Tensor | Sequence[Tensor], target: Tensor, loss: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Return the loss of logits, or the weighted loss of logits at several resolutions.

    outputs : (N, C, *S), or a sequence of (N, C, *S_i), finest first
    target  : (N, *S) class indices or (N, K, *S) overlapping regions, at full size
    return  : () float
    """
    if isinstance(outputs, Tensor):
        return loss(outputs, target)
    total = torch.zeros((), device=target.device)
    for logits, weight in zip(outputs, supervision_weights(len(outputs)), strict=True):
        total = total + weight * loss(logits, shrunken(target, tuple(logits.shape[2:])))
    return total


def shrunken(target: Tensor, size: tuple[int, ...]) -> Tensor:
    """Return the target at a coarser size, every n-th sample kept (the one a strided convolution is centered on).

    target : (..., *S); the last len(size) axes are space
    return : (..., *size), same dtype
    """
    for axis, samples in enumerate(size):
        at = target.ndim - len(size) + axis
        full = target.shape[at]
        if full != samples:
            picks = torch.arange(samples, device=target.device) * full // samples
            target = target.index_select(at, picks)
    return target
