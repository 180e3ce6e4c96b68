"""Masks written as 0 and 255 where classes are 0 and 1."""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.stages.examination import Check, Examination, LoadedCase
from isocenter.stages.mask_values import is_0_255


def find(seen: Examination) -> Iterator[Finding]:
    """Yield one note for each target: it reads right here, and wrong in most other tools."""
    cases: dict[str, list[str]] = {}
    for key, targets in seen.seen.get("mask_0_255", {}).items():
        for target in targets:
            cases.setdefault(target, []).append(key)
    for target, keys in cases.items():
        yield Finding(
            code="mask_0_255",
            severity="note",
            expected=f"masks of {target} that hold 0 and 1",
            got=f"0 and 255 in {len(keys)}; 255 is read as 1",
            do="Nothing is needed here. For other tools: isocenter check STUDY --fix writes 0 and 1.",
            cases=tuple(keys),
        )


def look(case: LoadedCase) -> tuple[str, ...] | None:
    """Return the targets whose mask is 0 and 255."""
    found = {m.target for m, _ in case.masks if not m.coded and is_0_255(case.values.get(m.name, {}), len(m.classes))}
    return tuple(sorted(found)) or None


CHECK = Check(name="mask_0_255", looks_for="two-class masks written as 0 and 255", find=find, look=look)
