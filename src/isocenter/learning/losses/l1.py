"""Mean absolute error: of density maps and of images.

In:   answer and target (N, K, *S); NaN in the target = not assessed.
Out:  the mean of |answer - target| over what was assessed.
Not:  no weights: a channel weighs as much as the scale of its target.

Reference: Xie, Noble & Zisserman, 2018 and Cohen et al., arXiv:1703.08710 (counting with L1).
"""

from torch import Tensor

from isocenter.learning.loss import Loss


def l1_loss(answer: Tensor, target: Tensor) -> Tensor:
    """Return the mean absolute error.

    answer : (N, K, *S) float
    target : (N, K, *S) float; NaN = not assessed
    return : () float32 >= 0; 0 when nothing was assessed
    """
    assessed = target.isfinite()
    gap = (answer.float() - target.nan_to_num()).abs() * assessed
    return gap.sum() / assessed.sum().clamp(min=1)


LOSS = Loss(l1_loss, form="amounts")
