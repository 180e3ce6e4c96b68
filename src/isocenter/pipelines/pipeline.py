"""Pipeline: a recipe from files to numbers, tables and a page, and how it is carried out.

In:   the name of a pipeline (a file of this folder) and the files it takes.
Out:  a folder: measurements.csv, findings.json, the pipeline's own tables and its page, report.html.
Not:  nothing is learned here; what a model answered comes in as the table that `isocenter predict` wrote.
"""

import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isocenter.core.errors import FileError, StudyError
from isocenter.core.finding import Finding
from isocenter.core.measurement import Measurement
from isocenter.core.plan import as_config
from isocenter.core.record import Record
from isocenter.core.registry import Registry
from isocenter.io.text_columns import write_text_table
from isocenter.io.whole_file import write_whole
from isocenter.stages.progress import Progress, Quiet

COLUMNS = ("case", "name", "value", "low", "high", "unit", "method")


class Measured(Record):
    """What a pipeline found."""

    measurements: Sequence[Measurement]
    findings: Sequence[Finding]
    files: Sequence[Path]
    """What it wrote, the most wanted first."""


class Pipeline(Record):
    """A recipe."""

    name: str
    question: str
    cite: str
    takes: tuple[str, ...]
    """What its files are, in order: ("table", "plate map")."""
    least: int
    """How many of them it needs."""
    config: type[Any]
    """A frozen dataclass of its settings."""
    carry_out: Callable[[Sequence[Path], Path, Any, Progress], Measured]
    """(files, folder, settings, progress) -> what was found; writes its own tables and its page into the folder."""


PIPELINES: Registry[Pipeline] = Registry("pipeline", "isocenter.pipelines", "PIPELINE", skip=("pipeline",))


def measure(
    name: str,
    *what: Path | str,
    out: Path | str,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Measured:
    """Carry out a pipeline.

    Parameters
    ----------
    name : a pipeline (`isocenter list pipelines`)
    out : folder for the results; made if it is not there
    settings : of the pipeline
    what : the files it takes, in the order it names them

    Returns
    -------
    Measurements, findings and the files written. StudyError when too few or too many files are given, FileError for one that is
    not there; SettingError for a setting that is wrong.
    """
    pipeline = PIPELINES.get(name)
    paths = [Path(each) for each in what]
    if not pipeline.least <= len(paths) <= len(pipeline.takes):
        needed = ", ".join(word if i < pipeline.least else f"[{word}]" for i, word in enumerate(pipeline.takes))
        raise StudyError(f"expected of {name} the files {needed}, got {len(paths)}. See: isocenter measure --help")
    for path in paths:
        if not Path(str(path).partition("#")[0]).exists():
            raise FileError(f"expected the file {path}, got none. Give its path from where you are.")
    config = as_config(pipeline.config, settings or {}, method=name)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    made = pipeline.carry_out(paths, folder, config, progress or Quiet())
    _write_measurements(made.measurements, folder / "measurements.csv")
    text = json.dumps([dataclasses.asdict(finding) for finding in made.findings], indent=1)
    write_whole(folder / "findings.json", lambda path: path.write_text(text + "\n", encoding="utf-8"))
    return made


def cell(value: float) -> str:
    """Return a number as a cell of a table; what was not measured is empty."""
    return f"{value:.7g}" if math.isfinite(value) else ""


def _write_measurements(measurements: Sequence[Measurement], path: Path) -> None:
    rows = []
    for m in measurements:
        low, high = m.ci95 if m.ci95 is not None else (math.nan, math.nan)
        rows.append(
            {
                "case": m.case,
                "name": m.name,
                "value": cell(m.value),
                "low": cell(low),
                "high": cell(high),
                "unit": m.unit,
                "method": m.method,
            }
        )
    write_text_table(rows, path, names=COLUMNS)
