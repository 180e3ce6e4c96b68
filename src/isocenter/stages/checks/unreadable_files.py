"""Unreadable files: missing, truncated, of a wrong kind, or a cell that does not mean anything.

One finding a trouble, so that each case is named with its own cause; but cells of one column that are wrong alike are one
mistake. Dots that would be misread are told by dots.py, all at once.
"""

import dataclasses
import re
from collections.abc import Iterator

from isocenter.core.errors import StudyError
from isocenter.core.finding import Finding
from isocenter.io.dots_file import FaintDots, LightGround
from isocenter.io.slide import NoResolution
from isocenter.stages.check_sentence import finding_of, sentence_of
from isocenter.stages.examination import Check, Examination, LoadedCase, Trouble

_COLUMN = re.compile(r"column '([^']+)'")
_SHOWN = 3
SEVERAL_SERIES = "expected one image series, got"


def find(seen: Examination) -> Iterator[Finding]:
    """Yield one failure for each thing that did not open or load, and one for all cells of a column without meaning."""
    cells: dict[tuple[str, str], list[Finding]] = {}
    for key, case in seen.opened.items():
        loading: tuple[Trouble, ...] = seen.seen.get("unreadable_files", {}).get(key, ())
        for trouble in _once((*case.troubles, *loading)):
            if isinstance(trouble.error, (LightGround, FaintDots)):
                continue
            finding = finding_of(sentence_of(trouble, seen.cases), code=_code(trouble.error), cases=(key,))
            column = _COLUMN.search(finding.got) if finding.code == "unknown_value" else None
            if column is None:
                yield finding
            else:
                cells.setdefault((column[1], finding.expected), []).append(finding)
    yield from (_joined(column, found) for (column, _), found in cells.items())


def _joined(column: str, found: list[Finding]) -> Finding:
    """Return one finding for all cells of a column that are wrong alike."""
    if len(found) == 1:
        return found[0]
    shown = "; ".join(finding.got for finding in found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
    return dataclasses.replace(
        found[0],
        got=f"{len(found)} cells of column {column!r} that mean something else: {shown}",
        cases=tuple(dict.fromkeys(key for finding in found for key in finding.cases)),
    )


def look(case: LoadedCase) -> tuple[Trouble, ...] | None:
    """Return what failed to load."""
    return tuple(case.troubles) or None


def _once(troubles: tuple[Trouble, ...]) -> Iterator[Trouble]:
    """Yield each cause once: a file may serve several targets."""
    causes: set[str] = set()
    for trouble in troubles:
        if str(trouble.error) not in causes:
            causes.add(str(trouble.error))
            yield trouble


def _code(error: Exception) -> str:
    if SEVERAL_SERIES in str(error):
        return "several_series"
    if isinstance(error, NoResolution):
        return "slide_without_resolution"
    return "unknown_value" if isinstance(error, StudyError) else "unreadable_file"


CHECK = Check(
    name="unreadable_files",
    looks_for="files that are missing, truncated or of another kind; folders with several DICOM series; slides without resolution; "
    "cells without meaning",
    find=find,
    look=look,
)
