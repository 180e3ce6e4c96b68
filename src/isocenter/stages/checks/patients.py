"""Who the cases belong to, and whether they are enough. Table only."""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.stages.examination import Check, Examination

FEW, SMALL = 10, 20
"""Below FEW patients no interval is given and nothing is claimed; below SMALL a note stands beside it."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield warnings for a missing patient column, empty patient cells, and few patients."""
    column = seen.study.patient
    if column not in seen.cases.table.names:
        yield Finding(
            code="no_patient_column",
            severity="warning",
            expected=f"a column {column!r} that says who each case belongs to",
            got="none; every case counts as a patient of its own",
            do="Add the column and name it (patient: COLUMN): one patient must not be both learned from and tested on.",
        )
    else:
        empty = tuple(key for key, cell in zip(seen.cases.keys, seen.cases.table.cells(column), strict=True) if not cell)
        if empty:
            yield Finding(
                code="patient_missing",
                severity="warning",
                expected=f"a patient for every case (column {column!r})",
                got=f"{len(empty)} empty cells; each such case counts as a patient of its own",
                do="Fill the cells in.",
                cases=empty,
            )
    patients = len({case.patient for case in seen.opened.values()})
    if patients < SMALL:
        yield Finding(
            code="few_patients",
            severity="warning" if patients < FEW else "note",
            expected=f"{SMALL} patients or more",
            got=f"{patients} ({len(seen.opened)} cases)",
            do="So few support no claim; the points will be listed without interval."
            if patients < FEW
            else "Intervals will be wide.",
        )


CHECK = Check(name="patients", looks_for="a missing patient column, empty patient cells, too few patients", find=find)
