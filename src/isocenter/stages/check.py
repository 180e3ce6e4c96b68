"""Check: say what is wrong with a study's data and how to mend it, before any training.

In:   a study file. Headers of all cases are opened first; then, unless headers_only, every array is read once.
Out:  findings (severity, cases, expected, got, do), failures first; with `fix`, a mended copy of the study.
Not:  the kinds of mistake (stages/checks, one file each); how they are mended (stages/mend.py).
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from isocenter.core.errors import FileError, IsocenterError, StudyError
from isocenter.core.finding import Finding
from isocenter.core.study import Study
from isocenter.io.study_file import read_study
from isocenter.io.table import TableCases, open_cases
from isocenter.stages.check_sentence import finding_of
from isocenter.stages.examination import CHECKS, Check, Examination, LoadedCase, OpenedCase, open_case
from isocenter.stages.mend import mend
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.study_names import check_names

T = TypeVar("T")
R = TypeVar("R")
_ORDER = {"failure": 0, "warning": 1, "note": 2}


def check(
    study_path: Path,
    *,
    data: Path | None = None,
    fix: Path | None = None,
    progress: Progress | None = None,
    headers_only: bool = False,
) -> list[Finding]:
    """Check the data of a study.

    study_path   : the YAML file. StudyError, FileError when it cannot be read; all that lies below is a finding.
    fix          : a folder for a mended copy (study, cases.csv, mended masks, mended.csv); originals stay as they are.
    headers_only : skip the pass over the pixels: seconds for thousands of files.
    return       : failures (training would stop or learn something wrong), warnings, notes, in this order; [] = nothing found.
    """
    bar = progress if progress is not None else Quiet()
    study = read_study(study_path)
    folder = study_path.resolve().parent
    try:
        cases = open_cases(study, folder=folder, data=data)
    except (StudyError, FileError) as error:
        return [finding_of(line, code="table") for line in str(error).splitlines()]
    misnamed = _misnamed(study)
    examination = examine(study, cases, folder, progress=bar, pixels=not headers_only)
    findings = misnamed + [finding for name in CHECKS.names() for finding in CHECKS.get(name).find(examination)]
    findings.sort(key=lambda f: (_ORDER[f.severity], f.code))
    if fix is not None:
        findings += mend(study, cases, examination, findings, source=study_path, folder=fix, data=data, progress=bar)
    return findings


def _misnamed(study: Study) -> list[Finding]:
    """Return what would stop a run before its first stage: a method, metric or setting of split that does not exist."""
    try:
        check_names(study)
    except IsocenterError as error:
        return [finding_of(str(error), code="table")]
    return []


def examine(study: Study, cases: TableCases, folder: Path, *, progress: Progress, pixels: bool) -> Examination:
    """Open every header, then let every check look at every case's arrays once."""
    checks = [CHECKS.get(name) for name in CHECKS.names()]
    opened = dict(
        zip(cases.keys, _over(lambda key: open_case(study, cases, key), cases.keys, "check headers", progress), strict=True)
    )
    seen: dict[str, dict[str, Any]] = {check.name: {} for check in checks if check.look is not None}
    if pixels:
        for key, looked in _over(lambda case: _look(case, checks), list(opened.values()), "check pixels", progress):
            for name, what in looked.items():
                seen[name][key] = what
    return Examination(study=study, cases=cases, folder=folder, opened=opened, seen=seen)


def _look(case: OpenedCase, checks: Sequence[Check]) -> tuple[str, dict[str, Any]]:
    """Load one case and let every check look at it."""
    loaded = LoadedCase(case)
    found = {check.name: check.look(loaded) for check in checks if check.look is not None}
    return case.key, {name: what for name, what in found.items() if what is not None}


def _over(work: Callable[[T], R], items: Sequence[T], label: str, progress: Progress) -> Iterator[R]:
    """Do the work on every item, in order, on a few threads: reading and unpacking let others run meanwhile."""
    with ThreadPoolExecutor(max(1, min(8, os.cpu_count() or 1))) as pool:
        yield from progress.track(pool.map(work, items), total=len(items), label=label)
