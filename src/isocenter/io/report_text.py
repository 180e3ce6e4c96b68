"""Report text as an input: the words in a cell, a text file, or one field of one record of a JSON-lines file.

In:   a Row and a column that the study declares as text (`units: {report: text}`).
Out:  the text. A record is found by its name and read alone: `reports.jsonl#uid=1000:findings` is the field `findings` of the
      record whose field `uid` is 1000.
Not:  no meaning of the text (methods/_reports); cells that are not declared as text (cells.py).
"""

import json
from functools import lru_cache
from pathlib import Path

from isocenter.core.errors import FileError, unknown
from isocenter.io.file_kind import split_fragment
from isocenter.io.table_row import Row

_TEXT_FILE, _RECORDS = ".txt", ".jsonl"
_REMEDY = "Mend the cell, or leave it empty if there is no report."


def open_text(row: Row, column: str) -> str:
    """Return the text a cell holds or names. FileError when the cell names a text file or a record that is not there."""
    cell = row.cell(column)
    if "\n" in cell or not _names_a_file(cell):
        return cell
    return read_text(row.file(column))


def read_text(path: Path) -> str:
    """Return the text of a .txt file, or of `file.jsonl#key=value:field`. FileError when it cannot be read, or is empty."""
    file, fragment = split_fragment(path)
    if fragment is not None:
        return _field_of(file, fragment)
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{file}: expected text in UTF-8, got another encoding. Save it as UTF-8.") from None


def _names_a_file(cell: str) -> bool:
    """Tell a name from words: a path to .txt, or a record of a .jsonl."""
    name = cell.partition("#")[0].lower()
    return name.endswith(_RECORDS) or (cell.lower().endswith(_TEXT_FILE) and len(cell.split()) < 4)


def _field_of(file: Path, fragment: str) -> str:
    name, colon, field = fragment.rpartition(":")
    key, equals, value = name.partition("=")
    if not colon or not equals:
        raise FileError(
            f"{file}: expected #key=value:field (such as #uid=1000:findings) after the file, got #{fragment}. {_REMEDY}"
        )
    stat = file.stat()
    places = _places(str(file), stat.st_mtime_ns, stat.st_size, key)
    if value not in places:
        raise FileError(f"{file}: expected a record whose {key} is {value}, got none among {len(places)}. {_REMEDY}")
    with file.open("rb") as lines:
        lines.seek(places[value])
        record = json.loads(lines.readline())
    if field not in record:
        raise FileError(f"{file}: {unknown('field', field, map(str, record))} {_REMEDY}")
    text = record[field]
    if not isinstance(text, str) or not text.strip():
        raise FileError(f"{file}: expected text in {field} of the record {key}={value}, got nothing. {_REMEDY}")
    return text


@lru_cache(maxsize=8)
def _places(file: str, changed: int, size: int, key: str) -> dict[str, int]:
    """Where each record starts (bytes), by the value of a field; read again when the file has changed."""
    del changed, size
    places: dict[str, int] = {}
    start = 0
    with open(file, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    record = json.loads(line)
                except ValueError as error:
                    raise FileError(f"{file}, line {number}: expected one JSON record a line, got: {error}. {_REMEDY}") from None
                if isinstance(record, dict) and key in record:
                    places.setdefault(str(record[key]), start)
            start += len(line)
    return places
