"""Integrated gradients: the gradient along the straight way from a blank exam to the exam, times the difference.

In:   a question.
Out:  per view (B, *S), summed over channels; over all places and views the map adds up to number(exam) - number(blank).

Reference: Sundararajan, Taly & Yan, ICML 2017, arXiv:1703.01365; captum (Kokhlikyan et al., arXiv:2009.07896).
Differs:   a blank exam is the mean of each channel, since 0 is air in one image and bone in the next.
"""

import numpy as np
import torch
from captum.attr import IntegratedGradients

from isocenter.core.method import Card
from isocenter.learning.attribution import TOGETHER, Attribution, Maps, Question

STEPS = 32


def explain(question: Question, generator: np.random.Generator) -> Maps:
    """Return one map a view."""
    del generator
    views = tuple(view.detach().clone() for view in question.batch.views)
    with torch.enable_grad():
        found = IntegratedGradients(question.score, multiply_by_inputs=True).attribute(
            views, baselines=question.blank, n_steps=STEPS, internal_batch_size=TOGETHER
        )
    return tuple(each.detach()[0].sum(dim=1).float() for each in found)  # (B, *S)


ATTRIBUTION = Attribution(
    card=Card(
        name="integrated_gradients",
        task="",
        answers=frozenset(),
        learned=False,
        cite="Sundararajan, Taly & Yan, ICML 2017, arXiv:1703.01365",
        differs="from the mean of each channel, not from zeros",
    ),
    signed=True,
    per_view=True,
    explain=explain,
)
