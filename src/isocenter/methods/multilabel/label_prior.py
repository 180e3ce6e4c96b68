"""Label prior: how often each finding is present where it was assessed, for everybody.

In:   labels of kind multilabel; NaN = not assessed.
Out:  one Scores; NaN for a finding that was never assessed.
Not:  no image is opened; no dependence between findings.

Reference: Holte, Mach Learn 1993; 11:63-90 (the prior as the floor of a classifier).
"""

from collections.abc import Sequence

import numpy as np

from isocenter.core.method import Card
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant


class LabelPrior(Constant):
    """The prevalence of each finding."""

    card = Card(
        name="label_prior",
        task="multilabel",
        answers=frozenset({"multilabel"}),
        learned=False,
        cite="Holte, Very simple classification rules perform well on most commonly used datasets, Mach Learn 1993; 11:63-90.",
        differs="Applied to each finding by itself, over the cases in which it was assessed.",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the prevalences (K,); None if no finding was assessed in any case."""
        scores = [label for label in labels if isinstance(label, Scores)]
        if not scores:
            return None
        p = np.stack([score.p for score in scores])  # (N, K)
        assessed = ~np.isnan(p)
        count = assessed.sum(axis=0)
        if not count.any():
            return None
        share = np.where(count > 0, np.where(assessed, p, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
        return Scores(p=share, names=target.classes or scores[0].names)


METHOD = LabelPrior()
