"""The ledger of openings: how often a test split was looked at.

Out:  openings.csv, a line an opening: time, plan hash, metric looked at. Lines are only ever added.
"""

import csv
from datetime import UTC, datetime

from isocenter.stages.run_folder import RunFolder

COLUMNS = ("time", "plan", "metric")


def record_opening(run: RunFolder, *, metric: str) -> int:
    """Append an opening and return how many there are."""
    path = run.path / "openings.csv"
    new = not path.exists() or path.stat().st_size == 0  # a full disk leaves an empty file
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(COLUMNS)
        writer.writerow([datetime.now(UTC).isoformat(timespec="seconds"), run.stamps.hash_of("plan.json"), metric])
    return len(run.openings())
