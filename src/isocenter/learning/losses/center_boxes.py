"""Boxes by their centers: focal loss of where centers are, absolute error of how large the boxes are.

In:   answer (N, K + d, *S): K raw maps of centers, d maps of log sizes; target of the same shape (learning/center_maps.py): K maps
      that are 1 at a center and fall around it, NaN where nothing was assessed; d maps of log sizes, NaN but near centers.
Out:  focal loss of the centers, a center, plus the mean absolute error of the log sizes.
Not:  no anchors, no matching of boxes.

Reference: Zhou, Wang & Krähenbühl, Objects as Points, arXiv:1904.07850 (eq. 1); Law & Deng, ECCV 2018, arXiv:1808.01244.
Differs:   sizes are learned as logarithms, so that small boxes weigh as much as large ones.
"""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from isocenter.learning.loss import Loss

PRIOR = -2.19
"""Added to the raw maps: an untrained network then says 0.1 everywhere, and the many empty samples do not drown the few centers."""
FOCUS = 2.0
NEAR = 4.0
"""How much less a sample near a center costs when it is called one."""


def center_boxes_loss(answer: Tensor, target: Tensor) -> Tensor:
    """Return the loss.

    answer : (N, K + d, *S) float, d = number of axes of S
    target : the same shape; NaN = not assessed, or no size there
    return : () float32 >= 0
    """
    axes = answer.ndim - 2
    logits, heat = answer[:, :-axes].float() + PRIOR, target[:, :-axes]
    assessed = heat.isfinite()
    heat = heat.nan_to_num()
    center = (heat >= 1.0) & assessed
    likely = logits.sigmoid()
    missed = -((1 - likely) ** FOCUS) * logsigmoid(logits) * center
    false = -((1 - heat) ** NEAR) * likely**FOCUS * logsigmoid(-logits) * (assessed & ~center)
    wanted = target[:, -axes:]
    sized = wanted.isfinite()
    gap = (answer[:, -axes:].float() - wanted.nan_to_num()).abs() * sized
    return (missed.sum() + false.sum()) / center.sum().clamp(min=1) + gap.sum() / sized.sum().clamp(min=1)


def center_probability(answer: Tensor) -> Tensor:
    """Return how likely each sample is a center, (N, K, *S) in [0, 1], of raw answers (N, K + d, *S)."""
    return torch.sigmoid(answer[:, : -(answer.ndim - 2)].float() + PRIOR)


LOSS = Loss(center_boxes_loss, form="boxes")
