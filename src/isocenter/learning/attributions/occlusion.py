"""Occlusion: how much the number falls when a cell of the frame is covered.

In:   a question.
Out:  per view (B, *S), constant over each cell; the fall of the number when that cell of that view is the channel's mean.

Reference: Zeiler & Fergus, ECCV 2014, arXiv:1311.2901; captum (Kokhlikyan et al., arXiv:2009.07896).
Differs:   cells do not overlap, so that a volume costs hundreds of looks and not thousands.
"""

import numpy as np
import torch
from captum.attr import Occlusion

from isocenter.core.method import Card
from isocenter.learning.attribution import TOGETHER, Attribution, Maps, Question
from isocenter.learning.cells import cell_sides


def explain(question: Question, generator: np.random.Generator) -> Maps:
    """Return one map a view."""
    del generator
    views = question.batch.views
    sides = cell_sides(question.places)
    windows = tuple((1, int(view.shape[2]), *sides) for view in views)
    with torch.no_grad():
        found = Occlusion(question.score).attribute(
            views, sliding_window_shapes=windows, strides=windows, baselines=question.blank, perturbations_per_eval=TOGETHER
        )
    return tuple(each[0].mean(dim=1).float() for each in found)  # (B, *S)


ATTRIBUTION = Attribution(
    card=Card(
        name="occlusion",
        task="",
        answers=frozenset(),
        learned=False,
        cite="Zeiler & Fergus, ECCV 2014, arXiv:1311.2901",
        differs="cells that do not overlap",
    ),
    signed=True,
    per_view=True,
    explain=explain,
)
