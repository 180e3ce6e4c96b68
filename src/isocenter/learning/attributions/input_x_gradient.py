"""Input times gradient: what each sample adds, to first order, over an exam of zeros.

In:   a question.
Out:  per view (B, *S), summed over channels.

Reference: Shrikumar et al., arXiv:1605.01713.
"""

import numpy as np

from isocenter.core.method import Card
from isocenter.learning.attribution import Attribution, Maps, Question, gradients


def explain(question: Question, generator: np.random.Generator) -> Maps:
    """Return one map a view."""
    del generator
    views = question.batch.views
    return tuple((view * found)[0].sum(dim=1) for view, found in zip(views, gradients(question, views), strict=True))  # (B, *S)


ATTRIBUTION = Attribution(
    card=Card(
        name="input_x_gradient",
        task="",
        answers=frozenset(),
        learned=False,
        cite="Shrikumar et al., arXiv:1605.01713",
        differs="",
    ),
    signed=True,
    per_view=True,
    explain=explain,
)
