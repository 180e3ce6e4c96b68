"""Sum of soft Dice and cross-entropy: nnU-Net's loss.

In:   logits (N, C, *S) and class indices (N, *S); -1 = not assessed.
Out:  the plain sum of the two.
Not:  no weights between the two.

Reference: Isensee et al., Nat Methods 2021; 18:203-211.
Differs:   in [0, ...) where nnU-Net counts from -1 (1 - Dice, not -Dice); the gradient is the same.
"""

from torch import Tensor

from isocenter.core.options import AboveZero
from isocenter.learning.loss import Loss
from isocenter.learning.losses.cross_entropy import cross_entropy_loss
from isocenter.learning.losses.dice import dice_loss


def dice_cross_entropy_loss(logits: Tensor, target: Tensor, *, batch: bool = False, smooth: AboveZero = 1e-5) -> Tensor:
    """Return dice_loss + cross_entropy_loss.

    logits : (N, C, *S) float, raw scores
    target : (N, *S) int64, class index in [0, C); -1 = not assessed
    batch  : pool the batch in the Dice part
    smooth : voxels; keeps a class absent from both at Dice loss 0
    return : () float32 >= 0; 0 when nothing was assessed
    """
    return dice_loss(logits, target, batch=batch, smooth=smooth) + cross_entropy_loss(logits, target)


LOSS = Loss(dice_cross_entropy_loss, form="classes")
