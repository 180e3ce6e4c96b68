"""Soft Dice plus binary cross-entropy, for regions that may overlap.

In:   logits (N, K, *S), one channel a region, and targets of the same shape; NaN = not assessed.
Out:  the plain sum of the two, each region by its own sigmoid.
Not:  no classes that exclude each other (dice_cross_entropy.py).

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (region-based training).
Differs:   in [0, ...) where nnU-Net counts from -1; the gradient is the same.
"""

from torch import Tensor
from torch.nn import functional

from isocenter.core.options import AboveZero
from isocenter.learning.loss import Loss


def binary_dice_cross_entropy_loss(logits: Tensor, target: Tensor, *, batch: bool = False, smooth: AboveZero = 1e-5) -> Tensor:
    """Return 1 - Dice averaged over regions, plus binary cross-entropy averaged over assessed samples.

    logits : (N, K, *S) float, raw scores, one channel a region
    target : (N, K, *S) float in [0, 1]; NaN = not assessed
    batch  : pool the batch in the Dice part
    smooth : voxels; keeps a region absent from both at Dice loss 0
    return : () float32 >= 0; 0 when nothing was assessed
    """
    assessed = ~target.isnan()  # (N, K, *S)
    truth = target.nan_to_num(0.0).float()
    scores = logits.float()
    probability = scores.sigmoid() * assessed
    space = tuple(range(2, logits.ndim))
    overlap = (probability * truth).sum(dim=space)  # (N, K)
    total = probability.sum(dim=space) + truth.sum(dim=space)  # (N, K)
    if batch:
        overlap, total = overlap.sum(dim=0), total.sum(dim=0)  # (K,)
    dice = (2.0 * overlap + smooth) / (total + smooth)
    entropy = functional.binary_cross_entropy_with_logits(scores, truth, reduction="none") * assessed
    return 1.0 - dice.mean() + entropy.sum() / assessed.sum().clamp(min=1)


LOSS = Loss(binary_dice_cross_entropy_loss, form="regions")
