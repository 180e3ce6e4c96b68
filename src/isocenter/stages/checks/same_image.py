"""The same image under two cases: another patient, or another part of the split (perceptual hash)."""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.imaging.perceptual_hash import Look, look_of, same_pictures
from isocenter.stages.examination import Check, Examination, LoadedCase
from isocenter.stages.split_parts import parts_of

_SHOWN = 5


def find(seen: Examination) -> Iterator[Finding]:
    """Yield for each input: a failure for copies in two parts of the split, a warning under two patients, a note within one."""
    looked: dict[str, dict[str, Look]] = {}
    for key, looks in seen.seen.get("same_image", {}).items():
        for name, look_ in looks.items():
            looked.setdefault(name, {})[key] = look_
    part = parts_of(seen.study, seen.folder)
    for name, looks in looked.items():
        keys = list(looks)
        kinds: dict[str, list[tuple[str, str]]] = {"parts": [], "patients": [], "cases": []}
        for i, j in same_pictures(list(looks.values())):
            a, b = keys[i], keys[j]
            other = seen.opened[a].patient != seen.opened[b].patient
            apart = part.get(a, "") != part.get(b, "")
            kinds["parts" if apart and other else "patients" if other else "cases"].append((a, b))
        yield from _findings(name, kinds)


def look(case: LoadedCase) -> dict[str, Look] | None:
    """Return the look of each input's first image."""
    looks: dict[str, Look] = {}
    for name, _, samples in case.images:
        found = look_of(samples) if name not in looks else None
        if found is not None:
            looks[name] = found
    return looks or None


def _findings(name: str, kinds: dict[str, list[tuple[str, str]]]) -> Iterator[Finding]:
    if kinds["parts"]:
        yield Finding(
            code="same_image_in_two_parts",
            severity="failure",
            expected=f"every picture of input {name} in one part of the split",
            got=f"{len(kinds['parts'])} pairs of the same picture in two parts: {_pairs(kinds['parts'])}",
            do="Give both rows one patient and split again; what is learned from must not be tested on.",
            cases=_keys(kinds["parts"]),
        )
    if kinds["patients"]:
        yield Finding(
            code="same_image_two_patients",
            severity="warning",
            expected=f"every picture of input {name} under one patient",
            got=f"{len(kinds['patients'])} pairs under two: {_pairs(kinds['patients'])}",
            do="Look at them; if they are copies, keep one row, or give both the same patient so that no split parts them.",
            cases=_keys(kinds["patients"]),
        )
    if kinds["cases"]:
        yield Finding(
            code="same_image_twice",
            severity="note",
            expected=f"every picture of input {name} once",
            got=f"{len(kinds['cases'])} pairs of the same or almost the same picture of one patient: {_pairs(kinds['cases'])}",
            do="Fine for neighboring slices and follow-ups; drop the row if it is a copy.",
            cases=_keys(kinds["cases"]),
        )


def _pairs(pairs: list[tuple[str, str]]) -> str:
    return "; ".join(f"{a} and {b}" for a, b in pairs[:_SHOWN]) + (" …" if len(pairs) > _SHOWN else "")


def _keys(pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for pair in pairs for key in pair))


CHECK = Check(name="same_image", looks_for="the same picture under two cases or patients", find=find, look=look)
