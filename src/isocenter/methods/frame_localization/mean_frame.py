"""Mean frame: every event is where it is on average in the learning series, as a share of the series.

In:   the frames named; how many frames each series has (headers alone).
Out:  the nearest frame.
Not:  no sample is looked at. Where series are triggered alike this is hard to beat, and that says how little is asked.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.case import Cases
from isocenter.core.image import Image
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.methods._baselines.labels import labeled, nothing_to_learn, targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.frame_localization._series import FirstFrame, image_of, index_of
from isocenter.methods.frame_localization._simple import SimpleModel, load_simple


class MeanFrame:
    """See Method in core/method.py."""

    card = Card(
        name="mean_frame",
        task="frame_localization",
        answers=frozenset({"value"}),
        learned=False,
        cite="Holte, Mach Learn 1993; 11:63-90 (the constant answer as the floor)",
        differs="the mean share of the series, times its length",
        reads="series",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan without choices."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, FirstFrame(), {})

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> SimpleModel:
        """Take the mean share. StudyError if no learning case names a frame of a target, or one names a frame it does not have."""
        del tune, journal
        first, inputs, targets = plan.config(FirstFrame).first, tuple(study.inputs), targets_of(study, self.card)
        learned = []
        for target in targets:
            shares = []
            for case, _ in labeled(target, learn):
                count = len(image_of(case, inputs).grid.times_s)
                shares.append(index_of(case, target, count, first) / count)
            known = np.array(shares, float)[np.isfinite(shares)]
            if not len(known):
                raise nothing_to_learn(target)
            learned.append(float(known.mean()))
        data = {"inputs": inputs, "targets": [t.model_dump(mode="json") for t in targets], "learned": learned, "first": first}
        return SimpleModel(data, found)

    def load(self, folder: Path) -> SimpleModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        return load_simple(folder, self.card.name, found)


def found(image: Image, learned: list[Any]) -> list[float]:
    """Return the frame at each share of a series."""
    count = len(image.grid.times_s)
    return [min(share * count, count - 1.0) for share in learned]


METHOD = MeanFrame()
