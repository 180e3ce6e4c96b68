"""A run of an audit's own: a study it writes itself, beside the run that is audited.

In:   a study, the rows of its table and of its split.
Out:  a run folder.
Not:  no judgment.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from isocenter.core.study import Study
from isocenter.io.answers import write_cases
from isocenter.io.study_file import write_study
from isocenter.io.table import TableCases
from isocenter.stages.progress import Progress
from isocenter.stages.run import run
from isocenter.stages.run_folder import RunFolder


def run_written(
    study: Study,
    rows: Sequence[Mapping[str, str]],
    split: Sequence[Mapping[str, str]],
    home: Path,
    *,
    minutes: float,
    progress: Progress,
    test: bool = False,
) -> RunFolder:
    """Write a study with its table and split into a folder, and run it there; taken up where it stopped.

    test : the split has a test part, which is answered once training is done
    """
    home.mkdir(parents=True, exist_ok=True)
    write_cases(rows, home / "cases.csv")
    write_cases(split, home / "split.csv")
    path = write_study(study, home / "study.yaml")
    return run(path, out=home / "run", data=home, time_limit=minutes, test=test, progress=progress)


def cell(cases: TableCases, key: str, column: str) -> str:
    """Return a cell whose files are found from anywhere."""
    return ";".join(str(path) for path in cases.paths(key, column))
