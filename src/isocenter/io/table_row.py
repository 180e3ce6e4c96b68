"""One row of cases.csv: its cells, the files they name, and where to point when one is wrong.

In:   a table, a row number, the folders that relative paths may start from.
Out:  cells, paths, errors that name file, line and column.
Not:  no meaning of a cell (io/cells.py).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from isocenter.core.errors import FileError, GeometryError, StudyError, UnitError
from isocenter.core.grid import Grid
from isocenter.core.slide import map_grid
from isocenter.io.file_kind import split_fragment
from isocenter.io.images import open_image
from isocenter.io.slide import FileSlide, open_slide
from isocenter.io.text_columns import TextTable, is_number


class Row:
    """A row that can be pickled and opens nothing by itself.

    folders : where relative paths start; the first that has the file wins.
    images  : columns whose first filled cell gives the case's grid (for indices, dot pictures, empty masks).
    slides  : those of them that hold slides, and at what magnification they are read.
    """

    def __init__(
        self,
        table: TextTable,
        row: int,
        folders: tuple[Path, ...],
        images: tuple[str, ...],
        slides: Mapping[str, str] | None = None,
    ) -> None:
        self._file = table.file
        self._line = table.line(row)
        self._cells = {name: table.cell(row, name) for name in table.names}  # its own copy: a pickled case leaves the table behind
        self.folders = folders
        self.images = images
        self.slides = dict(slides or {})

    def cell(self, column: str) -> str:
        """Return a cell; "" = missing."""
        return self._cells[column]

    def where(self, column: str) -> str:
        """Return "cases.csv, line 18, column 'label'"."""
        return f"{self._file}, line {self._line}, column {column!r}"

    def path(self, cell: str) -> Path:
        """Return the file a cell names: absolute, under ~, or in the first folder that has it (else in the first folder).

        A fragment (`scan.nii.gz#1`) stays on it.
        """
        named = Path(cell).expanduser()
        if named.is_absolute():
            return named
        for folder in self.folders:
            if split_fragment(folder / named)[0].exists():
                return folder / named
        return self.folders[0] / named

    def file(self, column: str, cell: str | None = None) -> Path:
        """Return the existing file of a column's cell. FileError with line and column when there is none."""
        named = self.cell(column) if cell is None else cell
        path = self.path(named)
        if not split_fragment(path)[0].exists():
            folders = " or ".join(str(folder) for folder in self.folders)
            raise FileError(
                f"{self.where(column)}: expected the file {named}, got none under {folders}. "
                "Mend the cell, give the data folder with --data, or leave the cell empty if it is missing."
            )
        return path

    def number(self, column: str) -> float:
        """Return a filled cell as a number. StudyError when it is none."""
        cell = self.cell(column)
        if not is_number(cell):
            raise StudyError(f"{self.where(column)}: expected a number, got {cell!r}. Leave the cell empty if it was not assessed.")
        return float(cell)

    def grid(self) -> Grid | None:
        """Return the grid of the case's first image, that of a slide's regions, or None when it has none. Opens one header."""
        return self._first_grid(finest=False)

    def finest(self) -> Grid | None:
        """Return the grid that pixel coordinates count in: that of the case's first image, of a slide its finest level."""
        return self._first_grid(finest=True)

    def slide(self, column: str) -> FileSlide:
        """Open the slide of a column, headers only."""
        return open_slide(self.file(column), at=self.slides[column])

    def _first_grid(self, *, finest: bool) -> Grid | None:
        for column in self.images:
            if column in self.slides and self.cell(column):
                with self.blame(column):
                    slide = self.slide(column)
                return slide.grid if finest else map_grid(slide)
            cell = self.cell(column).split(";")[0].strip()
            if cell:
                with self.blame(column):
                    return open_image(self.file(column, cell)).grid
        return None

    @contextmanager
    def blame(self, column: str) -> Iterator[None]:
        """Put file, line and column before the message of any error raised inside."""
        try:
            yield
        except (FileError, StudyError, GeometryError, UnitError) as error:
            if str(error).startswith(f"{self._file}, line {self._line}, "):
                raise
            raise type(error)(f"{self.where(column)}: {error}") from error
