"""Split: which cases are learned from, tuned on, tested on — by patient, before anything else looks at them.

In:   study and table; `split: {folds, test, tune, seed, by, leave_out, file, learn}`.
Out:  split.csv: case, patient, part (learn, tune, test), fold.
Not:  no opening of the test split (stages/evaluate.py, ledger.py).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from isocenter.core.case import Cases
from isocenter.core.errors import IsocenterError, StudyError, unknown
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.study import KEPT, Study
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder

Part = Literal["learn", "tune", "test"]
TEST, TUNE = 0.25, 0.2
"""Shares of patients when the study states none; tune is a share of what is not tested."""
FEW = 5
"""Patients of a class below which its share of a part is left to chance."""


class Split(Record):
    """One row a case."""

    case: tuple[str, ...]
    patient: tuple[str, ...]
    part: tuple[Part, ...]
    fold: tuple[str, ...]
    """Number of the fold a case is held out in; "" without folds."""

    def keys(self, *parts: Part) -> tuple[str, ...]:
        """Return the case keys of some parts, in order."""
        return tuple(c for c, p in zip(self.case, self.part, strict=True) if p in parts)

    def folds(self) -> tuple[str, ...]:
        """Return the names of the folds, sorted; () without folds."""
        return tuple(sorted({f for f in self.fold if f}))

    def count(self, part: Part) -> tuple[int, int]:
        """Return (cases, patients) of a part."""
        inside = [p for p, q in zip(self.patient, self.part, strict=True) if q == part]
        return len(inside), len(set(inside))

    def shortened(self, learn: int, *, seed: int) -> "Split":
        """Return the split with at most so many cases to learn from, whole patients drawn in an order of the seed.

        A smaller number keeps some of those a larger one keeps. StudyError when there are fewer, or no patient fits.
        """
        there = self.keys("learn")
        if not 0 < learn <= len(there):
            raise StudyError(
                f"expected a number of learning cases from 1 to {len(there)}, got {learn}. Mend `cases:` under `vary:`."
            )
        patients = sorted({p for p, part in zip(self.patient, self.part, strict=True) if part == "learn"})
        count = {p: sum(q == p and part == "learn" for q, part in zip(self.patient, self.part, strict=True)) for p in patients}
        kept: set[str] = set()
        for patient in np.random.default_rng([seed, 77]).permutation(patients):
            if sum(count[p] for p in kept) + count[str(patient)] <= learn:
                kept.add(str(patient))
        if not kept:
            raise StudyError(f"expected room for one patient at least, got {learn} cases to learn from. Take more.")
        rows = [i for i, part in enumerate(self.part) if part != "learn" or self.patient[i] in kept]
        return Split(
            case=tuple(self.case[i] for i in rows),
            patient=tuple(self.patient[i] for i in rows),
            part=tuple(self.part[i] for i in rows),
            fold=tuple(self.fold[i] for i in rows),
        )

    def of_fold(self, fold: str, *, tune: float, seed: int, strata: Mapping[str, Sequence[str]] | None = None) -> "Split":
        """Return the split of one fold's run: its cases are the test part; of the others, a share of patients tunes.

        strata : patients that the share is drawn from apart (`strata_of`); None = from all together
        """
        inside = [i for i, p in enumerate(self.part) if p != "test"]
        rest = {self.patient[i] for i in inside if self.fold[i] != fold}
        rng = np.random.default_rng([seed, _number(fold)])
        groups = [sorted(rest)] if strata is None else [sorted(rest & set(group)) for group in strata.values()]
        tuning = {patient for group in groups for patient in _draw(group, tune, rng)}
        parts: list[Part] = ["test" if self.fold[i] == fold else "tune" if self.patient[i] in tuning else "learn" for i in inside]
        return Split(
            case=tuple(self.case[i] for i in inside),
            patient=tuple(self.patient[i] for i in inside),
            part=tuple(parts),
            fold=tuple("" for _ in inside),
        )


def split(run: RunFolder) -> Split:
    """Split a run's cases and write split.csv. StudyError when a patient stands in two parts."""
    made = make_split(run)
    write_split(run, made)
    run.stamps.stamp("split", **{p: made.count(p)[0] for p in ("learn", "tune", "test")})
    return made


def make_split(run: RunFolder) -> Split:
    """Return the split the study points at, else draw one; nothing is written. StudyError when a patient stands in two parts."""
    study, cases = open_run(run)
    for name in study.split:
        if name.startswith(KEPT):
            raise StudyError(
                f"expected {name} under `vary:`, got it under `split:`. Write `vary: {{{name}: [{study.split[name]}]}}`."
            )
    made = _from_file(run.path / str(study.split["file"]), cases) if "file" in study.split else draw_split(study, cases)
    _no_patient_twice(made)
    return made.shortened(int(study.split["learn"]), seed=study.seed) if "learn" in study.split else made


def write_split(run: RunFolder, made: Split) -> None:
    """Write split.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["case", "patient", "part", "fold"])
    writer.writerows(zip(made.case, made.patient, made.part, made.fold, strict=True))
    run.write_text("split.csv", text.getvalue())


def read_split(run: RunFolder) -> Split:
    """Read a run's split.csv. RunError when it was not made yet."""
    return _parse(run.read_text("split.csv", stage="split"), "split.csv")


def draw_split(study: Study, cases: Cases) -> Split:
    """Draw test, tune and folds by patient, seeded; `by:` keeps the shares equal within the values of a column.

    Without it they are equal within the classes or grades the study learns first, so that no part lacks one by chance.
    `leave_out:` makes each value of a column a fold: a model a center, tested on those it has not seen.
    """
    patients = [str(p) for p in cases.column("patient")]
    seed = int(study.split.get("seed", study.seed))
    rng = np.random.default_rng(seed)
    strata = strata_of(study, cases)
    folds = int(study.split.get("folds", 0))
    test: set[str] = set()
    for group in strata.values():
        test |= _draw(group, float(study.split.get("test", 0.0 if folds or "leave_out" in study.split else TEST)), rng)
    rest = {name: [p for p in group if p not in test] for name, group in strata.items()}
    fold_of: dict[str, str] = {}
    if folds:
        if folds > sum(len(g) for g in rest.values()):
            raise StudyError(
                f"expected at most as many folds as patients ({sum(len(g) for g in rest.values())}), got folds: {folds}."
            )
        ordered = [p for group in rest.values() for p in rng.permutation(group)]
        fold_of = {p: str(i % folds) for i, p in enumerate(ordered)}
    fold_of |= _left_out(study, cases, patients, test)
    tune: set[str] = set()
    for group in rest.values():
        tune |= set() if fold_of else _draw(group, float(study.split.get("tune", TUNE)), rng)
    parts: list[Part] = ["test" if p in test else "tune" if p in tune else "learn" for p in patients]
    return Split(
        case=tuple(cases.keys), patient=tuple(patients), part=tuple(parts), fold=tuple(fold_of.get(p, "") for p in patients)
    )


def _left_out(study: Study, cases: Cases, patients: Sequence[str], test: set[str]) -> dict[str, str]:
    """Return the value of the column `leave_out` for each patient not kept for test; {} where the study names none."""
    column = study.split.get("leave_out")
    if not column:
        return {}
    found: dict[str, str] = {}
    for patient, value in zip(patients, (str(v) for v in cases.column(str(column))), strict=True):
        if value in ("", "nan"):
            raise StudyError(
                f"expected a {column} for every case, got none for patient {patient!r}. Fill the column, or drop the row."
            )
        if found.setdefault(patient, value) != value:
            raise StudyError(
                f"expected one {column} a patient, got {found[patient]} and {value} for {patient!r}. A model would be tested on "
                "someone it learned from; leave out another column."
            )
    if len(set(found.values())) < 2:
        raise StudyError(f"expected two values of {column} or more to leave out, got {', '.join(set(found.values()))}.")
    return {patient: value for patient, value in found.items() if patient not in test}


def strata_of(study: Study, cases: Cases) -> Mapping[str, list[str]]:
    """Return patients by the value of the column `by`, or by their class (a patient's first); of few patients in one group."""
    patients = [str(p) for p in cases.column("patient")]
    by = study.split.get("by")
    values = [str(v) for v in cases.column(str(by))] if by else _classes(study, cases)
    first: dict[str, str] = {}
    for patient, value in zip(patients, values, strict=True):
        first.setdefault(patient, value)
    groups: dict[str, list[str]] = {}
    for patient in sorted(first):
        groups.setdefault(first[patient], []).append(patient)
    if not by:
        few = sorted(p for group in groups.values() if len(group) < FEW for p in group)
        groups = {name: group for name, group in groups.items() if len(group) >= FEW} | ({"": few} if few else {})
    return dict(sorted(groups.items()))


def _classes(study: Study, cases: Cases) -> list[str]:
    """Return the class of each case by the first target that is learned, where that is a class or a grade; "" where it is none."""
    target = next((t for t in study.targets if t.use == "learn"), None)
    if target is None or target.type not in ("class", "ordinal"):
        return [""] * len(cases.keys)
    return [_class_of(cases, key, target.name) for key in cases.keys]


def _class_of(cases: Cases, key: str, name: str) -> str:
    try:
        label = cases[key].labels.get(name)
    except IsocenterError:  # check says what is wrong with it
        return ""
    return str(label.best) if isinstance(label, Scores) else ""


def _draw(patients: Sequence[str], share: float, rng: np.random.Generator) -> set[str]:
    """Draw about a share of patients; at least one when the share is above 0 and one can be spared."""
    if share <= 0 or len(patients) < 2:
        return set()
    count = min(len(patients) - 1, max(1, round(share * len(patients))))
    return {str(p) for p in rng.permutation(sorted(patients))[:count]}


def _from_file(path: Path, cases: Cases) -> Split:
    try:
        made = _parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise StudyError(f"expected the split file {path}, which is not there. Mend `split: {{file: …}}` in the study.") from None
    missing = sorted(set(cases.keys) - set(made.case))
    if missing:
        raise StudyError(
            f"{path}: expected every case of the table, but {len(missing)} are missing, first {missing[0]!r}. Add their rows."
        )
    rows = {c: i for i, c in enumerate(made.case)}
    order = [rows[k] for k in cases.keys]
    return Split(
        case=tuple(cases.keys),
        patient=tuple(str(p) for p in cases.column("patient")),
        part=tuple(made.part[i] for i in order),
        fold=tuple(made.fold[i] for i in order),
    )


def _parse(text: str, name: str) -> Split:
    rows = list(csv.DictReader(io.StringIO(text)))
    for needed in ("case", "part"):
        if rows and needed not in rows[0]:
            raise StudyError(f"{name}: " + unknown("column", needed, rows[0]) + " Expected: case, patient, part, fold.")
    for line, row in enumerate(rows, start=2):
        if row["part"] not in ("learn", "tune", "test"):
            raise StudyError(f"{name}, line {line}: expected learn, tune or test as part, got {row['part']!r}.")
    return Split(
        case=tuple(r["case"] for r in rows),
        patient=tuple(r.get("patient") or r["case"] for r in rows),
        part=tuple(r["part"] for r in rows),  # type: ignore[misc]
        fold=tuple(r.get("fold") or "" for r in rows),
    )


def _no_patient_twice(made: Split) -> None:
    seen: dict[str, tuple[str, str]] = {}
    for patient, part, fold in zip(made.patient, made.part, made.fold, strict=True):
        place = (part, fold)
        if seen.setdefault(patient, place) != place:
            raise StudyError(
                f"expected every patient in one part of the split, got patient {patient!r} in {seen[patient][0]} and {part}. "
                "A model would be tested on someone it learned from; give all rows of a patient one part."
            )


def _number(text: str) -> int:
    return int.from_bytes(text.encode()[:8], "big")
