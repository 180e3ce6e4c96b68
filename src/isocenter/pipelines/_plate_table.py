"""Counts of a plate from tables: who was where, at what time, and how many.

In:   a table of counts (true ones, or the cases.csv that `isocenter predict` wrote); where it does not say it, a plate map.
Out:  PlateTable: one row a well and time; findings on wells that are missing and times out of order.
Not:  no fit (_plate_growth.py).

The map is joined by `case` where both tables have that column, else by plate and well, or by well alone.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from isocenter.core.errors import StudyError, unknown
from isocenter.core.finding import Finding
from isocenter.core.record import Record
from isocenter.io.points_file import read_points
from isocenter.io.text_columns import TextTable, is_number, read_text_table

WELL = re.compile(r"([A-P])0*([1-9]\d?)")
HOURS = {"h": 1.0, "min": 1 / 60, "d": 24.0, "s": 1 / 3600}
COLUMNS = ["plate", "well", "dose", "hours", "count", "case"]


class PlateTable(Record):
    """Counts by well and time."""

    rows: pd.DataFrame
    """plate, well (A01), dose (NaN = none named), hours, count (NaN = not counted), case; by plate, well and time."""
    dose_unit: str
    """As the name of the dose column says (dose_um: um); "" if it does not."""
    findings: Sequence[Finding]


class Named(Record):
    """Which columns hold what."""

    well: str
    time: str
    time_unit: str
    count: str
    dose: str
    """"" = the column `dose` or the one that begins with dose_, if there is one."""
    plate: str


def read_plate(table: Path, plate_map: Path | None, named: Named) -> PlateTable:
    """Read counts and where they belong. StudyError with file and line for what cannot be read as such."""
    counted = read_text_table(table)
    mapped = read_text_table(plate_map) if plate_map is not None else None
    findings: list[Finding] = []
    sources = _joined(counted, mapped, named, findings)
    dose = _dose_column(named, [t for t in (mapped, counted) if t is not None])
    rows = []
    for row, other in sources:
        rows.append(_row(counted, row, mapped, other, named, dose, table.parent))
    if not rows:
        raise StudyError(f"{counted.file}: expected rows of counts, got none that belong to a well.")
    frame = pd.DataFrame(rows, columns=COLUMNS)
    _refuse_twice(frame, counted.file)
    findings += _out_of_order(frame)
    findings += _missing(frame, mapped, named)
    frame = frame.sort_values(["plate", "well", "hours"], kind="stable").reset_index(drop=True)
    unit = dose.partition("_")[2] if dose.startswith("dose_") else ""
    return PlateTable(rows=frame, dose_unit={"um": "µM", "nm": "nM", "mm": "mM"}.get(unit, unit), findings=findings)


def well_name(cell: str, where: str) -> str:
    """Return a well's name as A01. StudyError for what is none."""
    found = WELL.fullmatch(cell.strip().upper())
    if found is None or int(found.group(2)) > 24:
        raise StudyError(f"{where}: expected a well as A01 … H12 (or up to P24), got {cell!r}. Mend the cell.")
    return f"{found.group(1)}{int(found.group(2)):02d}"


def _joined(counted: TextTable, mapped: TextTable | None, named: Named, findings: list[Finding]) -> list[tuple[int, int | None]]:
    """Return pairs of rows: of the counts, and of the map."""
    if mapped is None:
        _need(counted, [named.well, named.time, named.count], hint="Give a plate map as the second file, or name the columns")
        return [(row, None) for row in range(len(counted))]
    both = [c for c in ("case", named.plate, named.well) if c in counted.names and c in mapped.names]
    keys = ["case"] if "case" in both else both
    if not keys or keys == [named.plate]:
        raise StudyError(
            f"expected counts and plate map to share a column case or {named.well}, got {', '.join(counted.names)} and "
            f"{', '.join(mapped.names)}. Name it alike in both, or say --set well=COLUMN."
        )
    _need(counted, [named.count], hint="Say which with --set count=COLUMN")
    place: dict[tuple[str, ...], int] = {}
    for row in range(len(mapped)):
        key = _key(mapped, row, keys, named)
        if key in place:
            raise StudyError(
                f"{mapped.file}, line {mapped.line(row)}: expected {' and '.join(keys)} once each, got {' '.join(key)} again. "
                "Take one of the lines away."
            )
        place[key] = row
    pairs: list[tuple[int, int | None]] = []
    stray = []
    for row in range(len(counted)):
        key = _key(counted, row, keys, named)
        if key in place:
            pairs.append((row, place[key]))
        else:
            stray.append(" ".join(key))
    if stray:
        names = tuple(dict.fromkeys(stray))
        findings.append(
            Finding(
                code="not_in_map",
                severity="warning",
                expected=f"every {keys[-1]} of the counts in {mapped.file}",
                got=f"{len(names)} that are not: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}; left out",
                do="add them to the plate map, or take their counts out",
                cases=names,
            )
        )
    return pairs


def _key(table: TextTable, row: int, keys: Sequence[str], named: Named) -> tuple[str, ...]:
    out = []
    for key in keys:
        cell = table.cell(row, key)
        out.append(well_name(cell, f"{table.file}, line {table.line(row)}") if key == named.well else cell)
    return tuple(out)


def _row(
    counted: TextTable, row: int, mapped: TextTable | None, other: int | None, named: Named, dose: str, folder: Path
) -> Mapping[str, object]:
    """Return one well at one time; the counts' own cell goes before the map's."""

    def cell(column: str) -> tuple[str, str]:
        for table, at in ((counted, row), (mapped, other)):
            if table is not None and at is not None and column in table.names:
                return table.cell(at, column), f"{table.file}, line {table.line(at)}, column {column!r}"
        here = counted.names if mapped is None else (*counted.names, *mapped.names)
        raise StudyError(f"{unknown('column', column, here)} Name it with --set.")

    well, where = cell(named.well)
    hours = _number(*cell(named.time)) * HOURS[named.time_unit]
    plate = cell(named.plate)[0] if any(t is not None and named.plate in t.names for t in (counted, mapped)) else ""
    count = _count(*cell(named.count), folder)
    amount = _dose(*cell(dose)) if dose else float("nan")
    case = counted.cell(row, "case") if "case" in counted.names else ""
    name = f"{float(plate):g}" if is_number(plate) else plate
    return dict(zip(COLUMNS, (name, well_name(well, where), amount, hours, count, case), strict=True))


def _number(cell: str, where: str, *, empty: bool = False) -> float:
    if not cell and empty:
        return float("nan")
    if not is_number(cell):
        raise StudyError(f"{where}: expected a number, got {cell!r}. Mend the cell.")
    return float(cell)


def _dose(cell: str, where: str) -> float:
    """Return a dose; NaN for an empty cell. A logarithm is refused: the lowest would pass for the untreated control."""
    amount = _number(cell, where, empty=True)
    if amount < 0:
        raise StudyError(
            f"{where}: expected a dose of 0 or more, got {cell}. Write amounts, not their logarithms, with 0 for untreated cells; "
            "leave the cell empty if none is known."
        )
    return amount


def _count(cell: str, where: str, folder: Path) -> float:
    """Return a count: a number, or the number of points in a file that the cell names. NaN for an empty cell."""
    if not cell:
        return float("nan")
    if not is_number(cell):
        path = folder / cell
        if not path.is_file():
            raise StudyError(f"{where}: expected a count or a file of points beside the table, got {cell!r}. Mend the cell.")
        return float(len(read_points(path, ())))
    if float(cell) < 0:
        raise StudyError(f"{where}: expected a count of 0 or more, got {cell}. Leave the cell empty if nothing was counted.")
    return float(cell)


def _need(table: TextTable, columns: Sequence[str], *, hint: str) -> None:
    for column in columns:
        if column not in table.names:
            raise StudyError(f"{table.file}: {unknown('column', column, table.names)} {hint}.")


def _dose_column(named: Named, tables: Sequence[TextTable]) -> str:
    names = [name for table in tables for name in table.names]
    if named.dose:
        if named.dose not in names:
            raise StudyError(f"{unknown('column', named.dose, names)} Name the column of the dose with --set dose=COLUMN.")
        return named.dose
    fitting = list(dict.fromkeys(name for name in names if name == "dose" or name.startswith("dose_")))
    if len(fitting) > 1:
        raise StudyError(f"expected one column of doses, got {', '.join(fitting)}. Say which with --set dose=COLUMN.")
    return fitting[0] if fitting else ""


def _refuse_twice(frame: pd.DataFrame, file: str) -> None:
    twice = frame[frame.duplicated(["plate", "well", "hours"])]
    if len(twice):
        first = twice.iloc[0]
        raise StudyError(
            f"{file}: expected one count a well and time, got {len(twice) + 1} or more for well {first['well']} at "
            f"{first['hours']:g} h. Give plates a column `plate`, or take the doubles out."
        )


def _out_of_order(frame: pd.DataFrame) -> list[Finding]:
    """Name wells whose rows do not follow time: often a clock that started anew, or hours that are no hours."""
    odd = [
        str(well)
        for (_, well), part in frame.groupby(["plate", "well"], sort=False)
        if (np.diff(part["hours"].to_numpy(float)) < 0).any()
    ]
    if not odd:
        return []
    return [
        Finding(
            code="unordered_times",
            severity="warning",
            expected="the rows of a well in the order of time",
            got=f"times that go back in {len(odd)} wells, {', '.join(odd[:5])}{' …' if len(odd) > 5 else ''}; put in order",
            do="see that the column holds hours since seeding and not the time of day, then sort the table",
            cases=tuple(odd),
        )
    ]


def _missing(frame: pd.DataFrame, mapped: TextTable | None, named: Named) -> list[Finding]:
    """Name wells without any count, and wells that were counted at fewer times than the others."""
    counted = frame[np.isfinite(frame["count"])]
    there = set(counted["well"])
    if mapped is not None and named.well in mapped.names:
        asked = {well_name(mapped.cell(r, named.well), f"{mapped.file}, line {mapped.line(r)}") for r in range(len(mapped))}
        source = f"the wells of {mapped.file}"
    else:
        asked = _rectangle(set(frame["well"]))
        source = "every well of the rectangle that the wells span"
    found = []
    lost = sorted((asked | set(frame["well"])) - there)
    if lost:
        found.append(
            Finding(
                code="missing_well",
                severity="warning",
                expected=f"counts of {source}",
                got=f"none of {len(lost)}: {', '.join(lost[:8])}{' …' if len(lost) > 8 else ''}",
                do="look for their pictures; leave them out of the plate map if they were left empty on purpose",
                cases=tuple(lost),
            )
        )
    times = counted.groupby(["plate", "well"])["hours"].nunique()
    few = times[times < times.max()] if len(times) else times
    if len(few):
        wells = [str(well) for _, well in few.index]
        found.append(
            Finding(
                code="missing_times",
                severity="note",
                expected=f"{int(times.max())} times in every well",
                got=f"fewer in {len(few)}: {', '.join(wells[:8])}{' …' if len(wells) > 8 else ''}",
                do="nothing, if these pictures were lost; their curves are fitted to the times there are",
                cases=tuple(wells),
            )
        )
    return found


def _rectangle(wells: set[str]) -> set[str]:
    """Return every well between the first and last row and column."""
    rows, columns = [w[0] for w in wells], [int(w[1:]) for w in wells]
    return {
        f"{chr(row)}{column:02d}"
        for row in range(ord(min(rows)), ord(max(rows)) + 1)
        for column in range(min(columns), max(columns) + 1)
    }
