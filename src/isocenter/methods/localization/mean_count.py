"""Mean count: every image holds as many as the learning images do on average, and nobody knows where.

In:   the dots of the learning cases.
Out:  an empty set of points; for every count that is scored, the mean number.
Not:  no image is opened.

Reference: Maier-Hein, Reinke et al., Metrics reloaded, Nat Methods 2024; 21:195-212 (empty answers).
"""

import numpy as np

from isocenter.core.case import Cases
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.methods._baselines.constant import ConstantModel
from isocenter.methods._baselines.empty_set import EmptySet
from isocenter.methods._places import count_answers, counted, dots, kinds_of, learned_points


class MeanCount(EmptySet):
    """Nothing found, the mean counted."""

    card = Card(
        name="mean_count",
        task="localization",
        answers=frozenset({"points"}),
        learned=False,
        cite="Maier-Hein, Reinke et al., Metrics reloaded, Nat Methods 2024; 21:195-212.",
        differs="",
    )

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ConstantModel:
        """Take the mean of each kind. StudyError if no learning case has dots."""
        model = super().fit(study, learn, tune, plan, journal)
        target = learned_points(study)
        kinds = kinds_of(target)
        numbers = [np.bincount(dots(case, target).kind, minlength=len(kinds)) for case in learn if target.name in case.labels]
        return ConstantModel({**model.answers, **count_answers(np.mean(numbers, axis=0), kinds, counted(study))})


METHOD = MeanCount()
