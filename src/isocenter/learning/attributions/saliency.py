"""Saliency: how much the number changes with each sample, the plain gradient.

In:   a question.
Out:  per view (B, *S), the largest absolute gradient over channels, >= 0.

Reference: Simonyan, Vedaldi & Zisserman, ICLR workshop 2014, arXiv:1312.6034.
"""

import numpy as np

from isocenter.core.method import Card
from isocenter.learning.attribution import Attribution, Maps, Question, gradients


def explain(question: Question, generator: np.random.Generator) -> Maps:
    """Return one map a view."""
    del generator
    return tuple(found[0].abs().amax(dim=1) for found in gradients(question, question.batch.views))  # (B, *S)


ATTRIBUTION = Attribution(
    card=Card(
        name="saliency",
        task="",
        answers=frozenset(),
        learned=False,
        cite="Simonyan, Vedaldi & Zisserman, ICLR workshop 2014, arXiv:1312.6034",
        differs="",
    ),
    signed=False,
    per_view=True,
    explain=explain,
)
