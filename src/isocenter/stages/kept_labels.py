"""Kept labels: a run in which only some learning cases keep their label of a target; the images and the other labels stay.

In:   a run folder with cases.csv and a split; how many learning cases keep each target's label.
Out:  cases.csv with the other learning cases' cells emptied. What is tuned or tested on keeps all.
Not:  no change of the user's own table.
"""

import csv
from collections.abc import Mapping

import numpy as np

from isocenter.core.errors import StudyError, unknown
from isocenter.core.study import KEPT, Study, Target
from isocenter.io.answers import write_cases
from isocenter.io.table import target_columns
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import Split


def keep_labels(run: RunFolder, study: Study, split: Split, counts: Mapping[str, int], *, seed: int) -> None:
    """Empty the cells of a run's cases.csv. Whole patients keep theirs, in an order of the seed; fewer are among more.

    counts : learning cases that keep their label, by target; StudyError for an unknown target, or more than there are
    """
    with (run.path / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [row.get("case") or "" for row in rows]
    part = dict(zip(split.case, split.part, strict=True))
    patient = dict(zip(split.case, split.patient, strict=True))
    learn = [i for i, key in enumerate(keys) if part.get(key) == "learn"]
    for name, count in counts.items():
        target = _target(study, name)
        columns = [c for rater in target.readings for c in target_columns(target, rater)]
        labeled = [i for i in learn if any((rows[i].get(c) or "").strip() for c in columns)]
        if not 0 <= count <= len(labeled):
            raise StudyError(
                f"expected from 0 to {len(labeled)} learning cases to keep their label of {name}, got {count}. "
                f"Mend `{KEPT}{name}` under `vary:`."
            )
        kept = _patients([patient[keys[i]] for i in labeled], count, seed=seed)
        for i in labeled:
            if patient[keys[i]] not in kept:
                rows[i] |= dict.fromkeys((c for c in columns if c in rows[i]), "")
    write_cases(rows, run.path / "cases.csv")


def _target(study: Study, name: str) -> Target:
    found = next((t for t in study.targets if t.name == name), None)
    if found is None:
        raise StudyError(unknown("target", name, [t.name for t in study.targets]) + f" Mend `{KEPT}{name}` under `vary:`.")
    return found


def _patients(patients: list[str], count: int, *, seed: int) -> set[str]:
    """Return whole patients of at most so many rows, in an order of the seed."""
    rows = {p: patients.count(p) for p in sorted(set(patients))}
    kept: set[str] = set()
    taken = 0
    for patient in np.random.default_rng([seed, 78]).permutation(list(rows)):
        if taken + rows[str(patient)] <= count:
            kept.add(str(patient))
            taken += rows[str(patient)]
    return kept
