"""Pairs of cases that show one picture, sorted by what makes them a mistake: what the checks for copies share.

In:   pairs of case keys; what to say of those in two parts of the split, under two patients, of one patient.
Out:  at most three findings.
Not:  no comparison of pictures (imaging/perceptual_hash.py, imaging/turned_copies.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from isocenter.core.finding import Finding
from isocenter.core.record import Record
from isocenter.stages.examination import Examination
from isocenter.stages.split_parts import parts_of

Where = Literal["parts", "patients", "cases"]
"""In two parts of the split (and under two patients), under two patients, of one patient."""
_SEVERITY: Mapping[Where, Literal["failure", "warning", "note"]] = {"parts": "failure", "patients": "warning", "cases": "note"}
_SHOWN = 5


class Said(Record):
    """The words of one finding."""

    code: str
    expected: str
    got: str
    """Follows "N pairs " and is followed by the pairs."""
    do: str


def copy_findings(seen: Examination, pairs: Iterable[tuple[str, str]], said: Mapping[Where, Said]) -> Iterator[Finding]:
    """Yield a failure for copies in two parts, a warning for those under two patients, a note for those of one."""
    part = parts_of(seen.study, seen.folder)
    kinds: dict[Where, list[tuple[str, str]]] = {"parts": [], "patients": [], "cases": []}
    for a, b in pairs:
        other = seen.opened[a].patient != seen.opened[b].patient
        kinds["parts" if other and part.get(a) != part.get(b) else "patients" if other else "cases"].append((a, b))
    for where, found in kinds.items():
        if found:
            words = said[where]
            shown = "; ".join(f"{a} and {b}" for a, b in found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
            yield Finding(
                code=words.code,
                severity=_SEVERITY[where],
                expected=words.expected,
                got=f"{len(found)} pairs {words.got}: {shown}",
                do=words.do,
                cases=tuple(dict.fromkeys(key for pair in found for key in pair)),
            )
