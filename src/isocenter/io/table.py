"""The table of cases: cases.csv read compactly, each case opened when asked, each file when its key is read.

In:   a Study, the folder of its file, the data folder.
Out:  TableCases (core.case.Cases): len, column and select open no file; pickled it is as large as the table.
Not:  the meaning of a cell (io/cells.py); folders of other tools (io/layouts).
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import FileError, StudyError, UnknownName, unknown
from isocenter.core.study import Study, Target
from isocenter.io.cells import open_input, open_label, open_region
from isocenter.io.file_kind import split_fragment
from isocenter.io.layout import import_layout
from isocenter.io.object_box import open_box
from isocenter.io.study_file import Location, place
from isocenter.io.table_row import Row
from isocenter.io.text_columns import TextTable, read_text_table, text_table, write_text_table

T = TypeVar("T")
DATA_VARIABLE = "ISOCENTER_DATA"
"""The environment variable that names the data folder when --data does not."""


def open_cases(study: Study, *, folder: Path, data: Path | None = None) -> "TableCases":
    """Open the table (or import the layout) a study names.

    folder : of the study file; a relative `cases:` is looked for there first, then in the data folder.
    data   : relative paths in cells start here, else beside the table; None = $ISOCENTER_DATA if set, else the study's folder.
    return : StudyError names study or table, line, and the remedy: a column that is not there, a key given twice.
    """
    named = os.environ.get(DATA_VARIABLE) if data is None else None
    root = data if data is not None else Path(named).expanduser() if named else folder
    if isinstance(study.cases, dict):
        table, beside = _of_layout(study, folder, root), root
    else:
        path = _table_path(study, folder, root)
        table, beside = read_text_table(path), path.parent
    _check_columns(study, folder, table)
    _check_keys(table)
    folders = tuple(dict.fromkeys((root, beside)))
    return TableCases(study, table, folders)


def target_columns(target: Target, rater: str | None = None) -> tuple[str, ...]:
    """Return the columns of a target: those of its truth, or of the rater or reader named."""
    suffix = rater or target.readings[0]
    return tuple(f"{column}_{suffix}" for column in target.columns) if suffix else target.columns


class LazyMapping(Mapping[str, T], Generic[T]):
    """Keys known, values opened when read, once. Pickles without what it opened."""

    def __init__(self, openers: Mapping[str, Callable[[], T]]) -> None:
        self._openers = dict(openers)
        self._opened: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        """Open one value."""
        if key not in self._opened:
            self._opened[key] = self._openers[key]()
        return self._opened[key]

    def __iter__(self) -> Iterator[str]:
        """Yield the keys; opens nothing."""
        return iter(self._openers)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._openers)

    def __contains__(self, key: object) -> bool:
        """Tell whether a key is there; opens nothing."""
        return key in self._openers

    def __repr__(self) -> str:
        """Show the keys."""
        return f"LazyMapping({', '.join(self._openers)})"

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was opened."""
        return {"_openers": self._openers, "_opened": {}}


class TableCases:
    """The rows of a table as cases. Small, picklable; a case's mappings open headers when read."""

    def __init__(self, study: Study, table: TextTable, folders: tuple[Path, ...]) -> None:
        self.study = study
        self.table = table
        self.folders = folders
        """Where relative paths start: the data folder, then the table's."""
        self._keys: tuple[str, ...] | None = None
        self._row_of: dict[str, int] | None = None

    @property
    def keys(self) -> Sequence[str]:
        """Case keys, in order."""
        if self._keys is None:
            self._keys = tuple(row_keys(self.table))
        return self._keys

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.table)

    def __iter__(self) -> Iterator[Case]:
        """Yield the cases in order, one at a time."""
        return (self._case(row) for row in range(len(self)))

    def __getitem__(self, key: str) -> Case:
        """Return one case. UnknownName if there is none of this key."""
        return self._case(self._row(key))

    def column(self, name: str) -> NDArray[Any]:
        """Return one column in order: "case", "patient", any column of the table, or a target's (first) cell.

        Columns of numbers are float with NaN for empty cells, others text (object) with "". "case" and "patient" are always text.
        """
        if name == "case":
            return np.array(self.keys, dtype=object)
        if name == "patient" or name == self.study.patient:
            return np.array([self._patient(row) for row in range(len(self))], dtype=object)
        if name in self.table.names:
            return self.table.values(name)
        for target in self.study.targets:
            if target.name == name:
                return self.table.values(target_columns(target)[0])
        raise UnknownName("column", name, [*self.table.names, *(t.name for t in self.study.targets)])

    def select(self, keys: Iterable[str]) -> "TableCases":
        """Return the rows with these keys, in this order. UnknownName for a key that is not there."""
        return TableCases(self.study, self.table.take([self._row(key) for key in keys]), self.folders)

    def cells(self, key: str) -> dict[str, str]:
        """Return one row as it stands in the table: text by column, "" where empty."""
        row = self._row(key)
        return {name: self.table.cell(row, name) for name in self.table.names}

    def paths(self, key: str, column: str) -> tuple[Path, ...]:
        """Return the files a cell names, with their fragments (several for a bag, none when empty), whether or not they exist."""
        row = Row(self.table, self._row(key), self.folders, ())
        cell = row.cell(column)
        whole = row.path(cell)
        parts = [cell] if split_fragment(whole)[0].exists() else cell.split(";")
        return tuple(row.path(part.strip()) for part in parts if part.strip())

    def line(self, key: str) -> int:
        """Return the line of the table a case stands on."""
        return self.table.line(self._row(key))

    def write(self, path: Path) -> Path:
        """Write the rows as a CSV with a column `case` first; paths stay as they were written. Returns the path."""
        rest = [name for name in self.table.names if name != "case"]
        return write_text_table(({"case": key, **self.cells(key)} for key in self.keys), path, names=["case", *rest])

    def __repr__(self) -> str:
        """Say how many cases and columns."""
        return f"TableCases({len(self)} cases; {', '.join(self.table.names)})"

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the indices, which are made again when asked for."""
        return {**self.__dict__, "_keys": None, "_row_of": None}

    def _row(self, key: str) -> int:
        if self._row_of is None:
            self._row_of = {k: row for row, k in enumerate(self.keys)}
        if key not in self._row_of:
            raise UnknownName("case", key, self._row_of)
        return self._row_of[key]

    def _patient(self, row: int) -> str:
        """The patient; a row without one is its own."""
        named = self.table.cell(row, self.study.patient) if self.study.patient in self.table.names else ""
        return named or self.keys[row]

    def _case(self, number: int) -> Case:
        """Build a case: keys of filled cells only, nothing opened."""
        pictures = tuple(column for name, column in self.study.inputs.items() if name not in self.study.texts)
        slides = {self.study.inputs[name]: at for name, at in self.study.at.items()}
        row = Row(self.table, number, self.folders, pictures, slides)
        inputs = {
            name: partial(open_input, row, column, unit=self.study.units.get(name))
            for name, column in self.study.inputs.items()
            if row.cell(column)
        }
        labels = {}
        regions = {}
        for target in self.study.targets:
            for rater in target.readings:
                columns = target_columns(target, rater)
                if _is_assessed(row, target, columns):
                    labels[f"{target.name}@{rater}" if rater else target.name] = partial(
                        open_label, row, target, columns, self.study.kinds_in(target)
                    )
            first = f"{target.name}@{target.raters[0]}" if target.raters else ""
            if first in labels:
                labels[target.name] = labels[first]
            if target.region is not None and row.cell(target.region):
                regions[target.region] = partial(open_box if target.of_object else open_region, row, target.region)
        return Case(
            key=self.keys[number],
            patient=self._patient(number),
            inputs=LazyMapping(inputs),
            labels=LazyMapping(labels),
            covariates=self._covariates(row),
            regions=LazyMapping(regions),
        )

    def _covariates(self, row: Row) -> dict[str, float | str]:
        """Covariates, groups and slice numbers that are filled; numbers where the whole column is numbers."""
        slices = [t.scope.split(":", 1)[1] for t in self.study.targets if t.scope.startswith("slice:")]
        found: dict[str, float | str] = {}
        for name in dict.fromkeys((*self.study.covariates, *self.study.groups, *slices)):
            cell = row.cell(name)
            if cell:
                found[name] = float(cell) if self.table.numeric(name) else cell
        return found


def row_keys(table: TextTable) -> list[str]:
    """Return the case keys of a table: its column `case`, else the row number from 1."""
    return table.cells("case") if "case" in table.names else [str(row + 1) for row in range(len(table))]


def _is_assessed(row: Row, target: Target, columns: tuple[str, ...]) -> bool:
    """Tell whether a label is there. Survival needs both cells; the others at least one."""
    filled = [bool(row.cell(column)) for column in columns]
    return all(filled) if target.type == "survival" else any(filled)


def _table_path(study: Study, folder: Path, root: Path) -> Path:
    """Return the table's file: beside the study, else in the data folder."""
    named = Path(str(study.cases)).expanduser()
    places = [named] if named.is_absolute() else [folder / named, root / named]
    for path in places:
        if path.is_file():
            return path
    where = place(folder, study, ("cases",))
    raise FileError(
        f"{where}: expected the table {named}, got no such file beside the study or in the data folder. "
        "Mend `cases:`, or give the data folder with --data."
    )


def _of_layout(study: Study, folder: Path, root: Path) -> TextTable:
    """Import the folder of another tool that `cases:` names."""
    named = study.cases if isinstance(study.cases, dict) else {}
    extra = [name for name in named if name not in ("layout", "path")]
    if extra or "layout" not in named:
        where = place(folder, study, ("cases",))
        raise StudyError(f"{where}: expected cases: {{layout: msd, path: FOLDER}}, got {named}. Write these two fields.")
    path = Path(named.get("path", ".")).expanduser()
    return text_table(import_layout(named["layout"], path if path.is_absolute() else root / path, root=root).rows)


def _wanted(study: Study) -> Iterator[tuple[str, str, Location]]:
    """Yield every column a study needs: its name, what for, where in the study."""
    for name, column in study.inputs.items():
        yield column, f"input {name}", ("inputs", name)
    for i, target in enumerate(study.targets):
        for rater in target.readings:
            for column in target_columns(target, rater):
                yield column, f"target {target.name}", ("targets", i, "columns")
        if target.scope != "exam":
            yield target.scope.split(":", 1)[1], f"scope of target {target.name}", ("targets", i, "scope")
    if "patient" in study.model_fields_set:
        yield study.patient, "patient", ("patient",)
    for field in ("covariates", "groups"):
        for i, column in enumerate(getattr(study, field)):
            yield column, field, (field, i)
    known = {"case", "patient", study.patient, *(target.name for target in study.targets)}
    for word in ("by", "leave_out"):
        column = str(study.split.get(word, "patient"))
        if column not in known:
            yield column, f"{word} of split", ("split", word)


def _check_columns(study: Study, folder: Path, table: TextTable) -> None:
    """Raise one StudyError naming every column the table lacks."""
    missing = [(column, why, where) for column, why, where in _wanted(study) if column not in table.names]
    if missing:
        raise StudyError(
            "\n".join(
                f"{place(folder, study, where)}: {why}: {unknown(f'column of {table.file}', column, table.names)}"
                for column, why, where in missing
            )
        )


def _check_keys(table: TextTable) -> None:
    """Raise StudyError when a key is missing or given twice, with the lines."""
    if len(table) == 0:
        raise StudyError(f"{table.file}: expected at least one case, got only a header. Add a row a case.")
    seen: dict[str, int] = {}
    for row, key in enumerate(row_keys(table)):
        if not key:
            raise StudyError(
                f"{table.file}, line {table.line(row)}: expected a key in the column `case`, got an empty cell. Fill it in."
            )
        if key in seen:
            raise StudyError(
                f"{table.file}, line {table.line(row)}: expected every case once, got {key!r} again (first on line {seen[key]}). "
                "Give each row a key of its own; the patient has its own column."
            )
        seen[key] = table.line(row)
