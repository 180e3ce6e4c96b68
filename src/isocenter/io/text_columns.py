"""A table of text held compactly: 100,000 rows are a few MB, and a slice of it copies nothing.

In:   a CSV file (comma, semicolon or tab; UTF-8 with or without mark, else Windows-1252).
Out:  TextTable: columns by name, cells as text without surrounding blanks, the line of the file each row stood on.
Not:  no meaning of a cell (io/cells.py), no study (io/table.py).
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, StudyError
from isocenter.io.whole_file import write_whole

csv.field_size_limit(2**27)  # a report text may be long


class TextColumn:
    """N cells in one block of UTF-8 bytes."""

    def __init__(self, cells: Iterable[str]) -> None:
        encoded = [cell.encode() for cell in cells]
        self._block = b"".join(encoded)
        self._ends = np.cumsum([len(cell) for cell in encoded], dtype=np.int64)
        self._numeric: bool | None = None

    def __len__(self) -> int:
        """Return N."""
        return len(self._ends)

    def __getitem__(self, row: int) -> str:
        """Return one cell."""
        start = self._ends[row - 1] if row else 0
        return self._block[start : self._ends[row]].decode()

    @property
    def numeric(self) -> bool:
        """True when at least one cell is filled and every filled cell is a number."""
        if self._numeric is None:
            filled = [cell for cell in (self[row] for row in range(len(self))) if cell]
            self._numeric = bool(filled) and all(is_number(cell) for cell in filled)
        return self._numeric


class TextTable:
    """Rows of text cells; `select` shares the columns and keeps row numbers only."""

    def __init__(
        self, file: str, columns: Mapping[str, TextColumn], lines: NDArray[np.int32], rows: NDArray[np.intp] | None = None
    ) -> None:
        self.file = file
        """Name of the file, for messages."""
        self._columns = dict(columns)
        self._lines = lines
        self._rows = np.arange(len(lines)) if rows is None else rows

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    @property
    def names(self) -> Sequence[str]:
        """Names of the columns, in the order of the file."""
        return tuple(self._columns)

    def cell(self, row: int, name: str) -> str:
        """Return one cell, "" when it is empty. KeyError when there is no such column."""
        return self._columns[name][int(self._rows[row])]

    def cells(self, name: str) -> list[str]:
        """Return one column in order."""
        column = self._columns[name]
        return [column[int(row)] for row in self._rows]

    def values(self, name: str) -> NDArray[Any]:
        """Return one column: float with NaN for empty cells when the whole file's column is numbers, else text (object)."""
        cells = self.cells(name)
        if self.numeric(name):
            return np.array([float(cell) if cell else np.nan for cell in cells])
        return np.array(cells, dtype=object)

    def numeric(self, name: str) -> bool:
        """Tell whether a column of the whole file (not only of the selected rows) holds numbers."""
        return self._columns[name].numeric

    def line(self, row: int) -> int:
        """Return the line of the file a row ended on, from 1."""
        return int(self._lines[int(self._rows[row])])

    def take(self, rows: Sequence[int]) -> "TextTable":
        """Return these rows, in this order."""
        return TextTable(self.file, self._columns, self._lines, self._rows[np.asarray(rows, dtype=np.intp)])


def is_number(cell: str) -> bool:
    """Tell whether a cell is a finite number."""
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False


def read_text_table(path: Path) -> TextTable:
    """Read a CSV file. FileError when it cannot be read; StudyError, with the line, when its rows do not fit its header."""
    text = _text(path)
    head = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=head.count) if head.strip() else ","
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(path.name, header)
        rows, lines = _rows(path.name, header, reader)
    except csv.Error as error:
        raise StudyError(f"{path.name}, line {reader.line_num}: {error}. Save the table again as CSV (UTF-8).") from None
    columns = {name: TextColumn(row[i] for row in rows) for i, name in enumerate(header)}
    return TextTable(path.name, columns, np.asarray(lines, dtype=np.int32))


def text_table(rows: Sequence[Mapping[str, str]], *, file: str = "cases.csv") -> TextTable:
    """Return a table of rows in memory; its columns are those of all rows, in order of appearance."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: TextColumn(row.get(name, "") for row in rows) for name in names}
    return TextTable(file, columns, np.arange(2, len(rows) + 2, dtype=np.int32))


def write_text_table(rows: Iterable[Mapping[str, str]], path: Path, *, names: Sequence[str] | None = None) -> Path:
    """Write rows as CSV (UTF-8, commas). Columns: `names`, else those of all rows in order of appearance. Returns the path."""
    held = list(rows)
    header = list(names) if names is not None else list(dict.fromkeys(name for row in held for name in row))

    def write(beside: Path) -> None:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            writer.writerows([row.get(name, "") for name in header] for row in held)

    return write_whole(path, write)


def _text(path: Path) -> str:
    """Return the file as text."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read the table {path.name}: {error.strerror}. Give its place in `cases:` of the study.") from None
    if raw[:4] == b"PK\x03\x04" or b"\x00" in raw[:4096]:
        raise FileError(f"expected a CSV table, got {path.name}, which is not text. In the spreadsheet: Save as, CSV (UTF-8).")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _check_header(file: str, header: Sequence[str]) -> None:
    """Refuse a table without header or with a column name given twice."""
    if not any(header):
        raise StudyError(f"{file}, line 1: expected column names, got an empty line. Give the table a header row.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        named = ", ".join(repr(name) for name in twice)
        raise StudyError(f"{file}, line 1: expected every column name once, got {named} twice or more. Rename one of them.")


def _rows(file: str, header: Sequence[str], reader: Any) -> tuple[list[list[str]], list[int]]:
    """Return the filled rows and their lines; short rows are filled with empty cells."""
    rows: list[list[str]] = []
    lines: list[int] = []
    width = len(header)
    for record in reader:
        cells = [cell.strip() for cell in record]
        if not any(cells):
            continue
        if any(cells[width:]):
            raise StudyError(
                f"{file}, line {reader.line_num}: expected {width} cells as in the header, got {len(cells)}. "
                'Put a text that holds a comma in "quotes".'
            )
        rows.append((cells + [""] * width)[:width])
        lines.append(int(reader.line_num))
    return rows, lines
