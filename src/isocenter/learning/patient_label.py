"""The label of a patient whose rows each tell a part of it: what one row leaves open, another may say.

In:   the labels of a patient's rows, in their order.
Out:  one label.
Not:  no judgment of rows that contradict one another (stages/checks/patient_labels.py); of those the first counts.
"""

import dataclasses
from collections.abc import Iterable

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.scores import Scores
from isocenter.core.value import Value


def patient_label(labels: Iterable[Value]) -> Value | None:
    """Return a patient's label: of classes and findings each from the first row that assessed it; else the first row's that says
    anything. None without labels.
    """
    rows = list(labels)
    if not rows:
        return None
    first = rows[0]
    if not isinstance(first, Scores):
        return next((row for row in rows if _says(row)), first)
    p = np.array(first.p, float)
    for row in rows[1:]:
        if isinstance(row, Scores) and row.names == first.names:
            p = np.where(np.isnan(p), row.p, p)
    return dataclasses.replace(first, p=p)


def _says(label: Value) -> bool:
    return not isinstance(label, Amount) or bool(np.isfinite([label.value, label.low, label.high]).any())
