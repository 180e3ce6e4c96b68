"""Soft Dice loss for semantic segmentation.

In:   logits (N, C, *S) and class indices (N, *S); -1 = not assessed.
Out:  1 - Dice per foreground class, averaged.
Not:  no overlapping regions (binary_dice_cross_entropy.py).

Reference: Milletari, Navab & Ahmadi, V-Net, 3DV 2016, arXiv:1606.04797;
           nnU-Net's form: Isensee et al., Nat Methods 2021; 18:203-211.
Differs:   plain sums in the denominator where the V-Net paper squares them.
"""

import torch
from torch import Tensor

from isocenter.core.options import AboveZero
from isocenter.learning.loss import Loss


def dice_loss(logits: Tensor, target: Tensor, *, batch: bool = False, smooth: AboveZero = 1e-5) -> Tensor:
    """Return 1 - Dice, averaged over the foreground classes (and over the batch, unless pooled).

    logits : (N, C, *S) float, raw scores; channel 0 is the background and, unless alone, takes no part
    target : (N, *S) int64, class index in [0, C); -1 = not assessed
    batch  : pool the batch before the ratio is taken: steadier where a class is absent from most patches
    smooth : voxels; keeps a class absent from both at loss 0
    return : () float32 in [0, 1]; 0 when nothing was assessed
    """
    probability, truth = foreground(logits, target)  # (N, K, *S) each
    space = tuple(range(2, probability.ndim))
    overlap = (probability * truth).sum(dim=space)  # (N, K)
    total = probability.sum(dim=space) + truth.sum(dim=space)  # (N, K)
    if batch:
        overlap, total = overlap.sum(dim=0), total.sum(dim=0)  # (K,)
    return 1.0 - ((2.0 * overlap + smooth) / (total + smooth)).mean()


def foreground(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Return foreground probability and truth, both (N, C - 1, *S) float32 and 0 where nothing was assessed.

    A network with one channel has no background: its only channel is returned.
    """
    classes = logits.shape[1]
    first = 1 if classes > 1 else 0
    assessed = (target >= 0).unsqueeze(1)  # (N, 1, *S)
    probability = logits.float().softmax(dim=1)[:, first:] * assessed  # (N, K, *S)
    names = torch.arange(first, classes, device=target.device).view(1, -1, *([1] * (target.ndim - 1)))
    truth = (target.unsqueeze(1) == names).to(probability.dtype)  # (N, K, *S)
    return probability, truth


LOSS = Loss(dice_loss, form="classes")
