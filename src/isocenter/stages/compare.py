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
from isocenter.stages.cohort import paired
from isocenter.stages.evaluate import Row as Measured
from isocenter.stages.evaluate import measure_of, rows_of_model
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
    interval: str = ""
    """Kind of interval, or why there is none."""

    @property
    def words(self) -> str:
        """How it differs from the first run: the effect with its interval, then p; or why that cannot be said."""
        if self.effect is None:
            return ""
        if math.isnan(self.effect):
            return "   no difference can be told: the number is undefined on these cases"
        if math.isnan(self.low):
            return f"   {self.effect:+.3f}, no interval ({self.interval.removeprefix('none: ')})"
        return f"   {self.effect:+.3f} [{self.low:+.3f}, {self.high:+.3f}], p {self.p:.3g}"


def compare(runs: Sequence[Path]) -> list[Row]:
    """Compare runs of one task. RunError when fewer than two are given, or they share no case.

    A quantity of each case is compared case by case; where runs measured it otherwise, all are measured again as the first was.
    AUC, kappa and the like, which only many cases have, are compared on those both answered.
    """
    folders = [RunFolder(r) for r in runs]
    if len(folders) == 1:
        folders = folders[0].inners("arm")
    if len(folders) < 2:
        raise RunError("expected two runs or more, or a run with arms, got one. Name the runs to compare.")
    for folder in folders:
        if folder.inners("arm"):
            raise RunError(f"{folder.path} compares arms itself; name those you want: {folder.path}/arm/…")
    study = folders[0].read(Study)
    quantity = claim_of(study).primary
    values = [_values(folder, quantity) for folder in folders]
    if not any(values):
        return _compare_cohorts(folders, study, quantity)
    if len({_definitions(folder, quantity) for folder in folders}) > 1:  # points within radii that differ, say
        again = [rows_of_model(folder, like=folders[0]) for folder in folders]
        values = [_measured(rows, quantity) for rows in again]
    first = values[0]
    rows = []
    for folder, mine in zip(folders, values, strict=True):
        shared = [k for k in mine if k in first]
        if not shared:
            raise _nothing_shared(folder, folders[0])
        rows.append(_row(folder.path.name, quantity, [mine[k] for k in shared], [first[k] for k in shared], same=mine is first))
    return rows


def _compare_cohorts(folders: Sequence[RunFolder], study: Study, quantity: str) -> list[Row]:
    """Compare by a number that only many cases have: the target of the claim, on the cases shared with the first run."""
    target = study.claimed
    measure = measure_of(study, target)
    measured = [[row for row in rows_of_model(folder) if row.target.name == target.name] for folder in folders]
    first = {row.key: row for row in measured[0]}
    rows = []
    for folder, mine in zip(folders, measured, strict=True):
        pairs = [(row, first[row.key]) for row in mine if row.key in first]
        if not pairs:
            raise _nothing_shared(folder, folders[0])
        main = next(e for e in folder.estimates() if e.who == "model" and e.name == quantity and e.group == "all")
        patients = len({row.patient for row, _ in pairs})
        found = None if mine is measured[0] else paired(pairs, quantity, measure.per_cohort, 0)
        if found is None:
            rows.append(Row(name=folder.path.name, quantity=quantity, value=main.value, patients=patients, effect=None))
            continue
        difference = found[0]
        rows.append(
            Row(
                name=folder.path.name,
                quantity=quantity,
                value=main.value,
                patients=difference.patients,
                effect=difference.effect,
                low=difference.interval.low,
                high=difference.interval.high,
                p=difference.p,
                interval=difference.interval.kind,
            )
        )
    return rows


def _nothing_shared(folder: RunFolder, first: RunFolder) -> RunError:
    return RunError(f"expected runs that measured the same cases, but {folder.path} shares none with {first.path}.")


def _values(folder: RunFolder, quantity: str) -> dict[tuple[str, str], tuple[float, str]]:
    """(target, case) -> (value, patient) of the model."""
    table = folder.measurements()
    mine = table[(table["who"] == "model") & (table["name"] == quantity)]
    return {(r.target, r.case): (float(r.value), str(r.patient)) for r in mine.itertuples()}


def _definitions(folder: RunFolder, quantity: str) -> frozenset[str]:
    table = folder.measurements()
    return frozenset(table.loc[(table["who"] == "model") & (table["name"] == quantity), "method"].astype(str))


def _measured(rows: Sequence[Measured], quantity: str) -> dict[tuple[str, str], tuple[float, str]]:
    """The same as `_values`, of cases measured again."""
    return {(r.target.name, r.key): (m.value, r.patient) for r in rows for m in r.measured if m.name == quantity}


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
        interval=difference.interval.kind,
    )
