"""A batch of tensors cut out of prepared cases.

In:   prepared cases and where to cut. Out: images and targets, padded where a patch hangs over the border.
Not:  no choice of where (sampling/), no augmentation.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from isocenter.learning.places import PatchSpec, cut
from isocenter.learning.preparation import IGNORED, Prepared


def cut_batch(cases: Sequence[Prepared], specs: Sequence[PatchSpec], size: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Return images and targets as networks and losses take them; outside an image 0 and "not assessed".

    return : images (N, C, *size) float32; targets (N, *size) int64 with -1, or overlapping (N, K, *size) float32 with NaN
    """
    images, targets = [], []
    overlapping = False
    for spec in specs:
        case = cases[spec.case]
        truth = case.target
        if truth is None:
            raise ValueError(f"case {case.key} has no target to learn from")
        overlapping = truth.ndim == case.image.ndim
        channels = truth if overlapping else truth[None]
        images.append(cut(case.image, spec.start, size, fill=0.0))
        targets.append(cut(channels, spec.start, size, fill=IGNORED))
    image, target = torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(targets))
    if not overlapping:
        return image, target[:, 0].long()
    return image, target.float().masked_fill(target == IGNORED, torch.nan)
