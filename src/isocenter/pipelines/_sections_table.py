"""The table of pairs: which sections lie next to each other, and what is drawn on them.

In:   a CSV file with a column for the fixed and for the moving section; names of other columns.
Out:  Pair, one a row.
Not:  no slide is opened here.

Columns that begin with fixed_ or moving_ and name GeoJSON or CSV files are annotations of that section, carried to the other one;
fixed_landmarks and moving_landmarks, and the column of cells, are read for what they are.
"""

from collections.abc import Mapping
from pathlib import Path

from isocenter.core.errors import StudyError, unknown
from isocenter.core.record import Record
from isocenter.io.text_columns import TextTable, read_text_table

CARRIED = (".geojson", ".json", ".csv", ".tsv")
LANDMARKS = ("fixed_landmarks", "moving_landmarks")


class Pair(Record):
    """One row."""

    case: str
    patient: str
    fixed: Path
    moving: Path
    landmarks: tuple[Path, Path] | None
    drawn: Mapping[str, Path]
    """Annotations by column."""
    cells: Path | None


def read_pairs(path: Path, *, fixed: str, moving: str, patient: str, cells: str) -> list[Pair]:
    """Read the table. StudyError for a column that is not there, an empty cell, a case named twice, a table without rows."""
    table = read_text_table(path)
    for name in (fixed, moving):
        if name not in table.names:
            raise StudyError(
                f"{table.file}, line 1: {unknown('column', name, table.names)} Name yours: --set fixed=COLUMN --set moving=COLUMN."
            )
    if not len(table):
        raise StudyError(f"{table.file}: expected a row for each pair of sections, got none. Add them.")
    pairs = [_pair(table, row, path.parent, (fixed, moving, patient, cells)) for row in range(len(table))]
    names = [pair.case for pair in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise StudyError(f"{table.file}: expected every case once, got {twice} twice. Rename one, or leave the column case out.")
    return pairs


def _pair(table: TextTable, row: int, folder: Path, names: tuple[str, str, str, str]) -> Pair:
    fixed, moving, patient, cells = names
    for name in (fixed, moving):
        if not table.cell(row, name):
            raise StudyError(
                f"{table.file}, line {table.line(row)}, column {name!r}: expected a section, got an empty cell. Fill it, or delete "
                "the row."
            )

    def file(name: str) -> Path | None:
        cell = table.cell(row, name) if name in table.names else ""
        return folder / cell if cell else None

    marks = [file(name) for name in LANDMARKS]
    drawn = {}
    for name in table.names:
        cell = table.cell(row, name)
        if (
            name.startswith(("fixed_", "moving_"))
            and name not in (*LANDMARKS, fixed, moving, cells)
            and Path(cell).suffix.lower() in CARRIED
        ):
            drawn[name] = folder / cell
    case = table.cell(row, "case") if "case" in table.names else ""
    return Pair(
        case=case or f"pair_{row + 1:03d}",
        patient=(table.cell(row, patient) if patient in table.names else "") or case or f"pair_{row + 1:03d}",
        fixed=folder / table.cell(row, fixed),
        moving=folder / table.cell(row, moving),
        landmarks=(marks[0], marks[1]) if marks[0] is not None and marks[1] is not None else None,
        drawn=drawn,
        cells=file(cells),
    )
