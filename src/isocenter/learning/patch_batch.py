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
    """Return images (N, C, *size) float32 and targets (N, 1 or K, *size) int16; outside an image 0 and "not assessed"."""
    images, targets = [], []
    for spec in specs:
        case = cases[spec.case]
        truth = case.target
        if truth is None:
            raise ValueError(f"case {case.key} has no target to learn from")
        channels = truth if truth.ndim == case.image.ndim else truth[None]
        images.append(cut(case.image, spec.start, size, fill=0.0))
        targets.append(cut(channels, spec.start, size, fill=IGNORED))
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(targets))
