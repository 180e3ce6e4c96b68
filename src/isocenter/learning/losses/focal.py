"""Focal loss: cross-entropy in which what is already right hardly counts.

In:   logits (N, C, *S) and class indices (N, *S); -1 = not assessed.
Out:  the mean over the assessed samples.
Not:  no class weights.

Reference: Lin et al., ICCV 2017, arXiv:1708.02002.
"""

from torch import Tensor

from isocenter.core.options import FromZero
from isocenter.learning.loss import Loss


def focal_loss(logits: Tensor, target: Tensor, *, focus: FromZero = 2.0) -> Tensor:
    """Return the mean of -(1 - p)^focus log p, p the probability of the true class.

    logits : (N, C, *S) float, raw scores
    target : (N, *S) int64, class index in [0, C); -1 = not assessed
    focus  : gamma; 0 makes it cross-entropy
    return : () float32, nats, >= 0; 0 when nothing was assessed
    """
    assessed = target >= 0
    likely = logits.float().log_softmax(dim=1).gather(1, target.clamp(min=0).unsqueeze(1))[:, 0]  # (N, *S)
    cost = -((1.0 - likely.exp()) ** focus) * likely * assessed
    return cost.sum() / assessed.sum().clamp(min=1)


LOSS = Loss(focal_loss, form="classes")
