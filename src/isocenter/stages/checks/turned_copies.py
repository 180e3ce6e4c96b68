"""Copies of one picture that were turned or mirrored: a set that was augmented on disk, whose copies no split keeps apart."""

from collections.abc import Iterator, Mapping

from isocenter.core.finding import Finding
from isocenter.imaging.turned_copies import Turnable, turnable, turned_copies
from isocenter.stages.copies import Said, Where, copy_findings
from isocenter.stages.examination import Check, Examination, LoadedCase

_ONCE = "every picture once, and none turned, mirrored or enlarged"
_APART = (
    "Give the copies of a picture one patient and split again, or keep one of them; a set augmented on disk tests on what it "
    "learned from. There may be more: only pictures of like colors were compared."
)
_SAID: Mapping[Where, Said] = {
    "parts": Said(
        code="turned_copies_in_two_parts", expected=_ONCE, got="of one picture in two parts of the split", do=_APART
    ),
    "patients": Said(code="turned_copies_two_patients", expected=_ONCE, got="of one picture under two patients", do=_APART),
    "labels": Said(
        code="turned_copies_contradicted",
        expected="one label for every picture, turned or not",
        got="of one picture of one patient, whose labels differ",
        do="Mend the labels, or keep one of the rows: a model would be taught both.",
    ),
    "cases": Said(
        code="turned_copies",
        expected=_ONCE,
        got="of one picture of one patient",
        do="Fine: they stay together. Number them as one, not as so many pictures.",
    ),
}  # fmt: skip


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a failure for turned copies in two parts of the split, a warning under two patients or with two labels, else a note."""
    looks: dict[str, Turnable] = dict(seen.seen.get("turned_copies", {}))
    keys = list(looks)
    yield from copy_findings(seen, ((keys[i], keys[j]) for i, j in turned_copies(list(looks.values()))), _SAID)


def look(case: LoadedCase) -> Turnable | None:
    """Return what the first color picture of a case looks like; None for volumes, slides, gray and small pictures."""
    for name, image, samples in case.images:
        if name not in case.opened.slides and image.grid.ndim == 2:
            return turnable(samples)
    return None


CHECK = Check(name="turned_copies", looks_for="one picture turned, mirrored or enlarged under two cases", find=find, look=look)
