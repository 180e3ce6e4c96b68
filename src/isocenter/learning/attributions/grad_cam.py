"""Grad-CAM: the features the fusion hands on, each weighted by how much the number grows with it, where their sum is above 0.

In:   a question to a network with a `fusion`.
Out:  one map (B, *S) of all views together, >= 0, linear between the features' places.

Reference: Selvaraju et al., ICCV 2017, arXiv:1610.02391.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from isocenter.core.method import Card
from isocenter.learning.attribution import Attribution, Maps, Question
from isocenter.learning.fusion import Fused

MODES = {2: "bilinear", 3: "trilinear"}


def explain(question: Question, generator: np.random.Generator) -> Maps:
    """Return one map."""
    del generator
    held: list[Tensor] = []

    def keep(_module: nn.Module, _given: object, fused: Fused) -> None:
        held.append(fused.features)

    hook = question.network.get_submodule("fusion").register_forward_hook(keep)
    try:
        with torch.enable_grad():
            views = [view.detach().clone().requires_grad_(True) for view in question.batch.views]
            total = question.score(*views).sum()
            slopes: tuple[Tensor | None, ...] = torch.autograd.grad(total, held[0], allow_unused=True)
    finally:
        hook.remove()
    features, slope = held[0].detach(), slopes[0]  # (B, F, *s)
    if slope is None:
        return (torch.zeros(question.places),)
    weight = slope.flatten(2).mean(dim=2).view(*slope.shape[:2], *[1] * (slope.ndim - 2))  # (B, F, 1, …)
    coarse = (features * weight).sum(dim=1, keepdim=True).relu()  # (B, 1, *s)
    size = question.places[1:]
    return (interpolate(coarse.float(), size=size, mode=MODES[len(size)], align_corners=False)[:, 0],)  # (B, *S)


ATTRIBUTION = Attribution(
    card=Card(
        name="grad_cam",
        task="",
        answers=frozenset(),
        learned=False,
        cite="Selvaraju et al., ICCV 2017, arXiv:1610.02391",
        differs="",
    ),
    signed=True,
    per_view=False,
    explain=explain,
)
