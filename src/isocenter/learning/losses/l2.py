"""Mean squared error: of density maps and of images.

In:   answer and target (N, K, *S); NaN in the target = not assessed.
Out:  the mean of (answer - target)² over what was assessed.
Not:  no weights: a channel weighs as much as the square of its target's scale.

Reference: Lempitsky & Zisserman, NeurIPS 2010; Xie, Noble & Zisserman, Comput Methods Biomech Biomed Eng Imaging Vis 2018; 6:283.
"""

from torch import Tensor

from isocenter.learning.loss import Loss


def l2_loss(answer: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared error.

    answer : (N, K, *S) float
    target : (N, K, *S) float; NaN = not assessed
    return : () float32 >= 0; 0 when nothing was assessed
    """
    assessed = target.isfinite()
    gap = (answer.float() - target.nan_to_num()).square() * assessed
    return gap.sum() / assessed.sum().clamp(min=1)


LOSS = Loss(l2_loss, form="amounts")
