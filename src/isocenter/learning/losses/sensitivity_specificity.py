"""Weighted sensitivity and specificity: errors on lesion and on background, each divided by how much there is of it.

In:   logits (N, C, *S) and class indices (N, *S); -1 = not assessed.
Out:  the mean over the foreground classes, the batch pooled.

Reference: Brosch et al., IEEE Trans Med Imaging 2016; 35:1229-1239 (ratio 0.05).
"""

import torch
from torch import Tensor

from isocenter.core.options import AboveZero, Share
from isocenter.learning.loss import Loss
from isocenter.learning.losses.dice import foreground


def sensitivity_specificity_loss(logits: Tensor, target: Tensor, *, ratio: Share = 0.05, smooth: AboveZero = 1e-5) -> Tensor:
    """Return ratio * squared error inside + (1 - ratio) * squared error outside, each a mean over its own samples.

    logits : (N, C, *S) float, raw scores
    target : (N, *S) int64, class index in [0, C); -1 = not assessed
    ratio  : weight of the lesion's error; small, since lesions are small and their mean error is easily large
    smooth : voxels; keeps a class that is nowhere, or everywhere, at 0
    return : () float32 in [0, 1]; 0 when nothing was assessed
    """
    probability, truth = foreground(logits, target)  # (N, K, *S) each
    assessed = (target >= 0).unsqueeze(1)
    dims = (0, *range(2, probability.ndim))
    error = (truth - probability) ** 2
    outside = (1.0 - truth) * assessed
    missed = (error * truth).sum(dim=dims) / (truth.sum(dim=dims) + smooth)  # (K,)
    invented = (error * outside).sum(dim=dims) / (outside.sum(dim=dims) + smooth)
    return torch.mean(ratio * missed + (1.0 - ratio) * invented)


LOSS = Loss(sensitivity_specificity_loss, form="classes")
