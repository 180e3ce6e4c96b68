"""Pairs of cases that show one picture, sorted by what makes them a mistake: what the checks for copies share.

In:   pairs of case keys; what to say of those in two parts of the split, under two patients, of one patient.
Out:  at most four findings.
Not:  no comparison of pictures (imaging/perceptual_hash.py, imaging/turned_copies.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from isocenter.core.finding import Finding
from isocenter.core.record import Record
from isocenter.stages.contradiction import contradicted, in_words
from isocenter.stages.examination import Examination
from isocenter.stages.split_parts import parts_of

Where = Literal["parts", "patients", "labels", "cases"]
"""In two parts of the split (and under two patients), under two patients, of one patient with labels that differ, or without."""
_SEVERITY: Mapping[Where, Literal["failure", "warning", "note"]] = {
    "parts": "failure",
    "patients": "warning",
    "labels": "warning",
    "cases": "note",
}
_SHOWN = 5


class Said(Record):
    """The words of one finding."""

    code: str
    expected: str
    got: str
    """Follows "N pairs " and is followed by the pairs."""
    do: str


def copy_findings(seen: Examination, pairs: Iterable[tuple[str, str]], said: Mapping[Where, Said]) -> Iterator[Finding]:
    """Yield a failure for copies in two parts, warnings for those under two patients or with labels that differ, else a note."""
    part = parts_of(seen.study, seen.folder)
    kinds: dict[Where, list[tuple[str, str]]] = {"parts": [], "patients": [], "labels": [], "cases": []}
    for a, b in pairs:
        if seen.opened[a].patient != seen.opened[b].patient:
            kinds["parts" if part.get(a) != part.get(b) else "patients"].append((a, b))
        else:
            kinds["labels" if contradicted(seen, a, b) else "cases"].append((a, b))
    for where, found in kinds.items():
        if found:
            words = said[where]
            shown = "; ".join(_pair(seen, a, b, named=where == "labels") for a, b in found[:_SHOWN]) + (
                " …" if len(found) > _SHOWN else ""
            )
            yield Finding(
                code=words.code,
                severity=_SEVERITY[where],
                expected=words.expected,
                got=f"{len(found)} pairs {words.got}: {shown}",
                do=words.do,
                cases=tuple(dict.fromkeys(key for pair in found for key in pair)),
            )


def _pair(seen: Examination, a: str, b: str, *, named: bool) -> str:
    """Return two cases in words, with what they say of the first target they differ in where that is asked."""
    if not named:
        return f"{a} and {b}"
    target = contradicted(seen, a, b)[0]
    mine, theirs = (seen.opened[key].labels.get(target) for key in (a, b))
    if mine is None or theirs is None:  # it is a rater's label that differs
        return f"{a} and {b} ({target})"
    return f"{a} and {b} ({target}: {in_words(mine)}, {in_words(theirs)})"
