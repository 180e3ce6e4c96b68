"""SmoothGrad: the gradient averaged over noisy copies of the exam.

In:   a question; the noise comes from the generator.
Out:  per view (B, *S), the largest absolute mean gradient over channels, >= 0.

Reference: Smilkov et al., arXiv:1706.03825 (noise of 10-20 % of the range, below 50 copies).
"""

import numpy as np
import torch
from torch import Tensor

from isocenter.core.method import Card
from isocenter.learning.attribution import TOGETHER, Attribution, Maps, Question, gradients

COPIES = 24
NOISE = 0.15
"""Standard deviation of the noise, a share of the view's range."""


def explain(question: Question, generator: np.random.Generator) -> Maps:
    """Return one map a view."""
    views = question.batch.views
    totals = [torch.zeros_like(view[0]) for view in views]  # (B, C, *S)
    for start in range(0, COPIES, TOGETHER):
        count = min(TOGETHER, COPIES - start)
        noisy = [_noisy(view, count, generator) for view in views]
        for total, found in zip(totals, gradients(question, noisy), strict=True):
            total += found.sum(dim=0)
    return tuple((total / COPIES).abs().amax(dim=1) for total in totals)  # (B, *S)


def _noisy(view: Tensor, count: int, generator: np.random.Generator) -> Tensor:
    """Return noisy copies (count, B, C, *S) of a view (1, B, C, *S); one that is flat, such as a missing one, stays as it is."""
    drawn = torch.from_numpy(generator.standard_normal((count, *view.shape[1:]), dtype=np.float32)).to(view)
    return view + drawn * (NOISE * (view.max() - view.min()))


ATTRIBUTION = Attribution(
    card=Card(
        name="smooth_grad",
        task="",
        answers=frozenset(),
        learned=False,
        cite="Smilkov et al., arXiv:1706.03825",
        differs="",
    ),
    signed=False,
    per_view=True,
    explain=explain,
)
