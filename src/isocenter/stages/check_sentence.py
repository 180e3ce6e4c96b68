"""An error's sentence as a finding of check.

In:   "where: expected …, got …. What to do."
Out:  Finding, a failure, with the parts in their places.
"""

import os
import re

from isocenter.core.finding import Finding
from isocenter.io.table import TableCases
from isocenter.stages.examination import Trouble

_SENTENCE = re.compile(r"^(?:(?P<where>.*?): )?expected (?P<expected>.*?),? got (?P<got>.*?)\. (?P<do>.*)$", re.DOTALL)


def finding_of(sentence: str, *, code: str, cases: tuple[str, ...] = ()) -> Finding:
    """Return a failure. A sentence built otherwise goes whole into `got`, up to its first full stop."""
    parts = _SENTENCE.match(sentence)
    if parts is None:
        head, _, do = sentence.partition(". ")
        return Finding(
            code=code,
            severity="failure",
            expected="a study that fits its files",
            got=head.rstrip("."),
            do=do or "Mend it, or take the row out of the table.",
            cases=cases,
        )
    where = f"{parts['where']}: " if parts["where"] else ""
    return Finding(code=code, severity="failure", expected=parts["expected"], got=where + parts["got"], do=parts["do"], cases=cases)


def sentence_of(trouble: Trouble, cases: TableCases) -> str:
    """Return the error, begun by what it is about, with paths as the table has them: findings travel in reports."""
    text = str(trouble.error)
    for folder, name in zip(cases.folders, ("the data folder", "the table's folder"), strict=False):
        text = text.replace(f"{folder}{os.sep}", "").replace(str(folder), name)
    return text if text.startswith(f"{cases.table.file}, ") else f"{trouble.what}: {text}"
