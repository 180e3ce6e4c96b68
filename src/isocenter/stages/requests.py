"""Requests: a table of what a generator is asked for, which shows no image.

In:   a CSV with a column `case`, and as many of `seed` and the study's covariates as are asked for.
Out:  cases without inputs, whose covariates are the cells as they stand.
Not:  what a model can answer (its `refusal`).
"""

from pathlib import Path

from isocenter.core.case import Case
from isocenter.core.errors import StudyError, unknown
from isocenter.core.study import Study
from isocenter.io.text_columns import read_text_table

SEED = "seed"
"""Column; without it the case's key is the seed."""


def read_requests(study: Study, path: Path) -> list[Case]:
    """Read the requests of a table.

    StudyError for one without rows or keys, for a key given twice, and for a column that asks for nothing.
    """
    table = read_text_table(path)
    asked = tuple(dict.fromkeys((SEED, *study.covariates)))
    if "case" not in table.names or len(table) == 0:
        raise StudyError(
            f"{path}: expected a column `case` and a row for each image wanted, got the columns {', '.join(table.names)} and "
            f"{len(table)} rows. Beside it: {', '.join(asked)}, as far as they are asked for."
        )
    for name in table.names:
        if name not in ("case", *asked):
            raise StudyError(
                f"{path}: {unknown('column', name, ('case', *asked))} Rename it, or take it out: it would not be heard."
            )
    keys = table.cells("case")
    twice = sorted({key for key in keys if keys.count(key) > 1 or not key})
    if twice:
        raise StudyError(f"{path}: expected a key of its own for each image, got {', '.join(map(repr, twice))} several times.")
    told = [c for c in asked if c in table.names]
    cells = {column: table.cells(column) for column in told}
    return [
        Case(
            key=key,
            patient=key,
            inputs={},
            labels={},
            covariates={c: cells[c][i] for c in told if cells[c][i]},
        )
        for i, key in enumerate(keys)
    ]
