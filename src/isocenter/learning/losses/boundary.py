"""Boundary loss beside Dice: what is wrong costs as much as it is far from the true border.

In:   logits (N, C, *S) and class indices (N, *S); -1 = not assessed.
Out:  Dice loss plus the mean distance of what is wrong.

Reference: Kervadec et al., MIDL 2019, arXiv:1812.07032; Med Image Anal 2021; 67:101851.
Differs:   shifted by a constant, so that a perfect answer costs 0; the gradient is the same. Distances are in samples.
"""

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch import Tensor

from isocenter.core.options import AboveZero, FromZero
from isocenter.learning.loss import Loss
from isocenter.learning.losses.dice import dice_loss, foreground


def boundary_loss(logits: Tensor, target: Tensor, *, weight: FromZero = 0.1, smooth: AboveZero = 1e-5) -> Tensor:
    """Return the Dice loss + weight * mean over samples of signed distance times (probability - truth).

    logits : (N, C, *S) float, raw scores
    target : (N, *S) int64, class index in [0, C); -1 = not assessed
    weight : of the distance, per sample
    smooth : of the Dice part
    return : () float32 >= 0; 0 when nothing was assessed
    """
    probability, truth = foreground(logits, target)  # (N, K, *S) each
    assessed = (target >= 0).unsqueeze(1)
    far = (signed_distance(truth) * (probability - truth) * assessed).sum() / assessed.sum().clamp(min=1)
    return dice_loss(logits, target, smooth=smooth) + weight * far / probability.shape[1]


def signed_distance(truth: Tensor) -> Tensor:
    """Return the distance to the border, below 0 inside; (N, K, *S) of 0 and 1 -> the same shape. 0 where a class is absent."""
    found = np.zeros(tuple(truth.shape), np.float32)
    regions = truth.detach().cpu().numpy() > 0.5
    for n, k in np.ndindex(regions.shape[:2]):
        inside = regions[n, k]
        if inside.any() and not inside.all():
            found[n, k] = distance_transform_edt(~inside) - distance_transform_edt(inside)
    return torch.from_numpy(found).to(truth.device)


LOSS = Loss(boundary_loss, form="classes")
