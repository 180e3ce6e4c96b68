"""Import a folder as another tool lays it out: rows of cases.csv and a study to start from.

In:   the layout's name and the folder.
Out:  Imported: rows, study; `write_imported` puts study.yaml and cases.csv on disk.
Not:  the layouts themselves (io/layouts, one file each); no image is opened or copied.
"""

import os
from collections.abc import Callable
from pathlib import Path

from isocenter.core.errors import FileError, StudyError
from isocenter.core.record import Record
from isocenter.core.registry import Registry
from isocenter.core.study import Study
from isocenter.io.study_file import write_study
from isocenter.io.text_columns import write_text_table


class Imported(Record):
    """What a folder says."""

    rows: tuple[dict[str, str], ...]
    """One a case, `case` first; paths relative to the root the import was asked for."""
    study: Study
    """A study that fits: inputs, targets with class names, patient, covariates. To be read by a person before it is run."""


class Layout(Record):
    """One way to lay out a folder."""

    name: str
    what: str
    """A sentence: whose folders these are and what they look like."""
    cite: str
    read: Callable[[Path, Path], Imported]
    """(folder, root) -> rows and study. FileError, saying what was looked for, when the folder is not laid out so."""


LAYOUTS: Registry[Layout] = Registry("layout", "isocenter.io.layouts", "LAYOUT")


def import_layout(name: str, path: Path, *, root: Path | None = None) -> Imported:
    """Read a folder.

    root   : paths in the rows are relative to it (the data folder); None = the folder itself.
    return : FileError when the folder is not there or not laid out so; UnknownName for a layout that does not exist.
    """
    layout = LAYOUTS.get(name)
    if not path.is_dir():
        raise FileError(f"expected a folder laid out as {name}, got {path}, which is none. Mend `path:`, or give --data.")
    imported = layout.read(path, path if root is None else root)
    if not imported.rows:
        raise StudyError(f"expected cases in {path.name} as {name} lays them out ({layout.what}), got none.")
    return imported


def write_imported(imported: Imported, folder: Path) -> Path:
    """Write study.yaml and cases.csv into a folder; neither may exist. Returns the study's path."""
    for name in ("study.yaml", "cases.csv"):
        if (folder / name).exists():
            raise FileError(f"expected no {name} in {folder}, got one. Choose another folder, or move it away.")
    folder.mkdir(parents=True, exist_ok=True)
    write_text_table(imported.rows, folder / "cases.csv")
    return write_study(imported.study, folder / "study.yaml")


def relative(path: Path, root: Path) -> str:
    """Return a path as a cell: relative to the root, also upwards, with forward slashes."""
    return Path(os.path.relpath(path, root)).as_posix()
