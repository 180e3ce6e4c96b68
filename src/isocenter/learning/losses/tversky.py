"""Tversky loss: Dice with a price of its own for what is missed and for what is invented.

In:   logits (N, C, *S) and class indices (N, *S); -1 = not assessed.
Out:  1 - Tversky index per foreground class, averaged.

Reference: Salehi, Erdogmus & Gholipour, MLMI 2017, arXiv:1706.05721.
"""

from torch import Tensor

from isocenter.core.options import AboveZero, FromZero
from isocenter.learning.loss import Loss
from isocenter.learning.losses.dice import foreground


def tversky_loss(
    logits: Tensor,
    target: Tensor,
    *,
    invented: FromZero = 0.3,
    missed: FromZero = 0.7,
    batch: bool = False,
    smooth: AboveZero = 1e-5,
) -> Tensor:
    """Return 1 - TP / (TP + invented FP + missed FN), averaged over the foreground classes (and the batch, unless pooled).

    logits   : (N, C, *S) float, raw scores
    target   : (N, *S) int64, class index in [0, C); -1 = not assessed
    invented : price of a false positive (alpha); missed : of a false negative (beta). Both 0.5 make it Dice
    batch    : pool the batch before the ratio is taken
    smooth   : voxels; keeps a class absent from both at loss 0
    return   : () float32 in [0, 1]; 0 when nothing was assessed
    """
    probability, truth = foreground(logits, target)  # (N, K, *S) each
    space = tuple(range(2, probability.ndim))
    hit = (probability * truth).sum(dim=space)  # (N, K)
    extra = probability.sum(dim=space) - hit
    lost = truth.sum(dim=space) - hit
    if batch:
        hit, extra, lost = hit.sum(dim=0), extra.sum(dim=0), lost.sum(dim=0)
    return 1.0 - ((hit + smooth) / (hit + invented * extra + missed * lost + smooth)).mean()


LOSS = Loss(tversky_loss, form="classes")
