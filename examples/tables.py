"""Tables as the sets ship them.

In:   a file of separated values. Out: its rows by column.
"""

import csv
from pathlib import Path

from split_patients import Row


def read_rows(path: Path, *, delimiter: str = ",") -> list[Row]:
    """Return the rows of a table of the data folder."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))
