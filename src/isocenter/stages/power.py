"""Power: how wide an interval to expect at this number of patients, before anything is trained.

In:   a run's study and split.
Out:  rows: quantity, patients, width, and under which assumption.
"""

from collections.abc import Sequence
from typing import TypedDict

from isocenter.metrics.power import auc_width, mean_width, sensitivity_width
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import make_split, read_split

DEVIATIONS = (0.03, 0.1)
"""Standard deviations of Dice between patients: a structure that is always alike, and a lesion that is not."""
Rows = list["Row"]
Row = TypedDict("Row", {"quantity": str, "patients": int, "width": float, "if": str})


def power_table(run: RunFolder, *, sizes: Sequence[int] = ()) -> Rows:
    """Return the expected 95 % interval widths for Dice, AUC and sensitivity; at the tested patients and at some other sizes."""
    made = read_split(run) if run.fresh("split") else make_split(run)
    tested = made.count("test")[1] or (len(set(made.patient)) if made.folds() else made.count("tune")[1])
    rows: Rows = []
    for patients in sorted({*(sizes or (20, 50, 100, 200)), max(tested, 2)}):
        for deviation in DEVIATIONS:
            width = mean_width(patients, deviation=deviation)
            rows.append(
                {"quantity": "Dice", "patients": patients, "width": width, "if": f"standard deviation {deviation} between patients"}
            )
        half = max(1, patients // 2)
        rows.append(
            {
                "quantity": "AUC",
                "patients": patients,
                "width": auc_width(half, patients - half),
                "if": "AUC 0.80, half of them positive",
            }
        )
        rows.append(
            {
                "quantity": "sensitivity",
                "patients": patients,
                "width": sensitivity_width(half),
                "if": "sensitivity 0.90, half of them positive",
            }
        )
    return rows
