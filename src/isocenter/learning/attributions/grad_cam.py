"""Grad-CAM: the features the fusion hands on, each weighted by how much the number grows with it, where their sum is above 0.

In:   a question to a network with a `fusion`.
Out:  one map (B, *S) of all views together, >= 0, linear between the samples the features are centered on.

Reference: Selvaraju et al., ICCV 2017, arXiv:1610.02391.
"""

import numpy as np
import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.attribution import Attribution, Maps, Question
from isocenter.learning.exam.placement import from_places
from isocenter.learning.fusion import Fused, Fusing


def explain(question: Question, generator: np.random.Generator) -> Maps:
    """Return one map."""
    del generator
    held: list[Tensor] = []

    def keep(_module: nn.Module, _given: object, fused: Fused) -> None:
        held.append(fused.features)

    fusion = question.network.get_submodule("fusion")
    if not isinstance(fusion, Fusing):
        raise TypeError(f"expected a network with a fusion, got {type(fusion).__name__}")
    hook = fusion.register_forward_hook(keep)
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
    coarse = (features * weight).sum(dim=1).relu().float().cpu().numpy()  # (B, *s)
    size = question.places[1:]
    return (torch.from_numpy(from_places(coarse, size, stride=fusion.stride, center=fusion.center)),)  # (B, *S)


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
