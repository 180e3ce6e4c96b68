"""Copies of one picture that were turned or mirrored: a set that was augmented on disk, whose copies no split keeps apart."""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.imaging.turned_copies import Turnable, turnable, turned_copies
from isocenter.stages.examination import Check, Examination, LoadedCase
from isocenter.stages.split_parts import parts_of

_SHOWN = 5


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a failure for turned copies in two parts of the split, a warning for those under two patients, a note within one."""
    looks: dict[str, Turnable] = dict(seen.seen.get("turned_copies", {}))
    keys = list(looks)
    part = parts_of(seen.study, seen.folder)
    kinds: dict[str, list[tuple[str, str]]] = {"parts": [], "patients": [], "cases": []}
    for i, j in turned_copies(list(looks.values())):
        a, b = keys[i], keys[j]
        other = seen.opened[a].patient != seen.opened[b].patient
        kinds["parts" if other and part.get(a) != part.get(b) else "patients" if other else "cases"].append((a, b))
    said = {
        "parts": ("failure", "turned_copies_in_two_parts", "in two parts of the split"),
        "patients": ("warning", "turned_copies_two_patients", "under two patients"),
        "cases": ("note", "turned_copies", "of one patient"),
    }
    for kind, pairs in kinds.items():
        if pairs:
            severity, code, where = said[kind]
            yield Finding(
                code=code,
                severity=severity,  # type: ignore[arg-type]
                expected="every picture once, and none turned, mirrored or enlarged",
                got=f"{len(pairs)} pairs of one picture {where}: {_pairs(pairs)}",
                do="Fine: they stay together. Number them as one, not as so many pictures."
                if kind == "cases"
                else "Give the copies of a picture one patient and split again, or keep one of them; a set augmented on disk tests "
                "on what it learned from. There may be more: only pictures of like colors were compared.",
                cases=tuple(dict.fromkeys(key for pair in pairs for key in pair)),
            )


def look(case: LoadedCase) -> Turnable | None:
    """Return what the first color picture of a case looks like; None for volumes, slides, gray and small pictures."""
    for name, image, samples in case.images:
        if name not in case.opened.slides and image.grid.ndim == 2:
            return turnable(samples)
    return None


def _pairs(pairs: list[tuple[str, str]]) -> str:
    return "; ".join(f"{a} and {b}" for a, b in pairs[:_SHOWN]) + (" …" if len(pairs) > _SHOWN else "")


CHECK = Check(name="turned_copies", looks_for="one picture turned, mirrored or enlarged under two cases", find=find, look=look)
