"""What one row of a patient leaves open, another may say."""

import math

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.items import FrameConfig, make_item
from isocenter.learning.heads.sigmoid import Sigmoid
from isocenter.learning.patient_label import patient_label
from isocenter.methods._baselines.labels import labeled

NAMES = ("mass", "fluid", "air")
TARGET = Target(name="findings", type="multilabel", columns=NAMES, classes=NAMES, per="patient")


def said(*p):
    return Scores(p=np.array(p, float), names=NAMES)


def row(key, label, patient="p"):
    image = held_image(np.zeros((1, 8, 8), np.float32), plain_grid((8, 8)))
    return Case(key=key, patient=patient, inputs={"x": image}, labels={"findings": label}, covariates={})


def test_findings_are_joined_from_the_rows_that_assessed_them():
    joined = patient_label([said(1, math.nan, math.nan), said(math.nan, 0, math.nan), said(1, 1, math.nan)])
    np.testing.assert_array_equal(joined.p, [1, 0, math.nan])  # of two that contradict one another the first


def test_an_amount_is_that_of_the_first_row_that_tells_one():
    empty, ten = Amount(value=math.nan, unit="mL"), Amount(value=10.0, unit="mL")
    assert patient_label([empty, ten]) is ten
    assert patient_label([empty]) is empty
    assert patient_label([]) is None


def test_a_network_and_a_baseline_learn_what_all_rows_of_a_patient_say():
    rows = [row("a", said(1, math.nan, 0)), row("b", said(math.nan, 1, math.nan)), row("c", said(0, 0, 0), patient="q")]
    frame = FrameConfig(inputs=("x",), channels=(1,), size=(8, 8))
    item = make_item(rows[:2], [TARGET], frame, heads={"findings": Sigmoid(names=NAMES)}, covariates=CovariateTable())
    assert item.truths["findings"].tolist() == [1.0, 1.0, 0.0]
    learned = [(case.key, label.p.tolist()) for case, label in labeled(TARGET, rows)]
    assert learned == [("a", [1.0, 1.0, 0.0]), ("c", [0.0, 0.0, 0.0])]
