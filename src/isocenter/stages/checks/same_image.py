"""The same image under two cases: another patient, or another part of the split (perceptual hash)."""

from collections.abc import Iterator, Mapping

from isocenter.core.finding import Finding
from isocenter.imaging.perceptual_hash import Look, look_of, same_pictures
from isocenter.stages.copies import Said, Where, copy_findings
from isocenter.stages.examination import Check, Examination, LoadedCase


def find(seen: Examination) -> Iterator[Finding]:
    """Yield for each input: a failure for copies in two parts of the split, a warning under two patients, a note within one."""
    looked: dict[str, dict[str, Look]] = {}
    for key, looks in seen.seen.get("same_image", {}).items():
        for name, look_ in looks.items():
            looked.setdefault(name, {})[key] = look_
    for name, looks in looked.items():
        keys = list(looks)
        yield from copy_findings(seen, ((keys[i], keys[j]) for i, j in same_pictures(list(looks.values()))), _said(name))


def look(case: LoadedCase) -> dict[str, Look] | None:
    """Return the look of each input's first image."""
    looks: dict[str, Look] = {}
    for name, _, samples in case.images:
        found = look_of(samples) if name not in looks else None
        if found is not None:
            looks[name] = found
    return looks or None


def _said(name: str) -> Mapping[Where, Said]:
    return {
        "parts": Said(
            code="same_image_in_two_parts",
            expected=f"every picture of input {name} in one part of the split",
            got="of the same picture in two parts",
            do="Give both rows one patient and split again; what is learned from must not be tested on.",
        ),
        "patients": Said(
            code="same_image_two_patients",
            expected=f"every picture of input {name} under one patient",
            got="under two",
            do="Look at them; if they are copies, keep one row, or give both the same patient so that no split parts them.",
        ),
        "cases": Said(
            code="same_image_twice",
            expected=f"every picture of input {name} once",
            got="of the same or almost the same picture of one patient",
            do="Fine for neighboring slices and follow-ups; drop the row if it is a copy.",
        ),
    }


CHECK = Check(name="same_image", looks_for="the same picture under two cases or patients", find=find, look=look)
