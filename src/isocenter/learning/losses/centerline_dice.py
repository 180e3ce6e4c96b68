"""Soft centerline Dice (clDice): overlap of skeletons, for vessels, airways and membranes.

In:   logits (N, C, *S) and class indices (N, *S); -1 = not assessed.
Out:  1 - clDice per foreground class, averaged.
Not:  no overlap of volume: add a Dice loss, as the paper does.

Reference: Shit et al., CVPR 2021, arXiv:2003.07311.
Differs:   none from the paper; erosion is by one sample along each axis and dilation by the full neighborhood, as in its code.
"""

from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional

from isocenter.core.options import AboveZero, Count
from isocenter.learning.loss import Loss
from isocenter.learning.losses.dice import foreground


def centerline_dice_loss(logits: Tensor, target: Tensor, *, iterations: Count = 5, smooth: AboveZero = 1.0) -> Tensor:
    """Return 1 - clDice, averaged over the foreground classes of the pooled batch.

    logits     : (N, C, *S) float, raw scores, 2-D or 3-D
    target     : (N, *S) int64, class index in [0, C); -1 = not assessed
    iterations : samples; at least the radius of the thickest tube
    smooth     : voxels; keeps a class absent from both at loss 0
    return     : () float32 in [0, 1]; 0 when nothing was assessed
    """
    probability, truth = foreground(logits, target)  # (N, K, *S) each
    with torch.no_grad():
        true_line = soft_skeleton(truth, iterations)
    line = soft_skeleton(probability, iterations)
    pooled = (0, *range(2, probability.ndim))
    precision = ((line * truth).sum(dim=pooled) + smooth) / (line.sum(dim=pooled) + smooth)  # (K,)
    sensitivity = ((true_line * probability).sum(dim=pooled) + smooth) / (true_line.sum(dim=pooled) + smooth)  # (K,)
    return 1.0 - (2.0 * precision * sensitivity / (precision + sensitivity)).mean()


def soft_skeleton(mask: Tensor, iterations: int) -> Tensor:
    """Return the differentiable skeleton of a soft mask.

    mask   : (N, K, *S) float in [0, 1], S of 2 or 3 axes
    return : (N, K, *S) float in [0, 1], at most the mask
    """
    skeleton = functional.relu(mask - _dilated(_eroded(mask)))
    for _ in range(iterations):
        mask = _eroded(mask)
        ridge = functional.relu(mask - _dilated(_eroded(mask)))
        skeleton = skeleton + functional.relu(ridge - skeleton * ridge)
    return skeleton


def _eroded(mask: Tensor) -> Tensor:
    """The least of each sample and its neighbors along the axes."""
    pool = functional.max_pool2d if mask.ndim == 4 else functional.max_pool3d
    axes = mask.ndim - 2
    lines = [[3 if a == axis else 1 for a in range(axes)] for axis in range(axes)]
    return reduce(torch.minimum, [-pool(-mask, line, 1, [k // 2 for k in line]) for line in lines])


def _dilated(mask: Tensor) -> Tensor:
    """The greatest of each sample and all its neighbors."""
    pool = functional.max_pool2d if mask.ndim == 4 else functional.max_pool3d
    return pool(mask, 3, 1, 1)


LOSS = Loss(centerline_dice_loss, form="classes")
