"""Compare: runs, or the arms of one, on the cases they share.

In:   run folders that were evaluated.
Out:  one row a run: its primary number, and how it differs from the first run's, paired case by case.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from isocenter.core.errors import RunError
from isocenter.core.record import Record
from isocenter.core.study import Study
from isocenter.methods.registry import claim_of
from isocenter.metrics.tests_of_difference.permutation import compare_means
from isocenter.stages.run_folder import RunFolder


class Row(Record):
    """One run of the table."""

    name: str
    quantity: str
    value: float
    patients: int
    """Patients shared with the first run."""
    effect: float | None
    """Mean difference to the first run; None for the first, and where nothing is paired."""
    low: float = math.nan
    high: float = math.nan
    p: float = math.nan


def compare(runs: Sequence[Path]) -> list[Row]:
    """Compare runs of one task. RunError when fewer than two are given, or they share no case."""
    folders = [RunFolder(r) for r in runs]
    if len(folders) == 1:
        folders = folders[0].inners("arm")
    if len(folders) < 2:
        raise RunError("expected two runs or more, or a run with arms, got one. Name the runs to compare.")
    quantity = claim_of(folders[0].read(Study)).primary
    values = [_values(folder, quantity) for folder in folders]
    first = values[0]
    rows = []
    for folder, mine in zip(folders, values, strict=True):
        shared = [k for k in mine if k in first]
        if not shared:
            raise RunError(f"expected runs that measured the same cases, but {folder.path} shares none with {folders[0].path}.")
        rows.append(_row(folder.path.name, quantity, [mine[k] for k in shared], [first[k] for k in shared], same=mine is first))
    return rows


def _values(folder: RunFolder, quantity: str) -> dict[tuple[str, str], tuple[float, str]]:
    """(target, case) -> (value, patient) of the model."""
    table = folder.measurements()
    mine = table[(table["who"] == "model") & (table["name"] == quantity)]
    return {(r.target, r.case): (float(r.value), str(r.patient)) for r in mine.itertuples()}


def _row(name: str, quantity: str, mine: list[tuple[float, str]], first: list[tuple[float, str]], *, same: bool) -> Row:
    patients = [p for _, p in mine]
    value = float(np.nanmean([v for v, _ in mine]))
    if same:
        return Row(name=name, quantity=quantity, value=value, patients=len(set(patients)), effect=None)
    difference = compare_means([v for v, _ in mine], [v for v, _ in first], patients, rng=np.random.default_rng(0))
    return Row(
        name=name,
        quantity=quantity,
        value=value,
        patients=difference.patients,
        effect=difference.effect,
        low=difference.interval.low,
        high=difference.interval.high,
        p=difference.p,
    )
