"""Prevalences where findings were assessed."""

import numpy as np

from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.methods.multilabel.label_prior import METHOD

TARGET = Target(name="findings", type="multilabel", columns=("a", "b", "c"), classes=("a", "b", "c"))


def test_a_finding_not_looked_for_does_not_count():
    labels = [Scores(p=np.array(p, float), names=TARGET.classes) for p in ((1, 0, np.nan), (0, np.nan, np.nan), (1, 1, np.nan))]
    np.testing.assert_allclose(METHOD.answer(TARGET, labels).p, [2 / 3, 1 / 2, np.nan])


def test_nothing_assessed_gives_no_answer():
    assert METHOD.answer(TARGET, [Scores(p=np.full(3, np.nan), names=TARGET.classes)]) is None
