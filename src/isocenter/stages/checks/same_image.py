"""The same image under two cases: another patient, or another part of the split, or another label (perceptual hash)."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from isocenter.core.finding import Finding
from isocenter.imaging.perceptual_hash import Look, look_of, same_pictures
from isocenter.stages.contradiction import contradicted
from isocenter.stages.copies import Said, Where, copy_findings
from isocenter.stages.examination import Check, Examination, LoadedCase


def find(seen: Examination) -> Iterator[Finding]:
    """Yield for each input: a failure for copies in two parts of the split, a warning for those under two patients or with labels
    that differ, a note for others of one patient. Rows that name one file are found from headers alone.
    """
    looked: dict[str, dict[str, Look]] = {name: {} for name in seen.study.inputs}
    for key, looks in seen.seen.get("same_image", {}).items():
        for name, look_ in looks.items():
            looked[name][key] = look_
    for name, looks in looked.items():
        keys = list(looks)
        pairs = dict.fromkeys((keys[i], keys[j]) for i, j in same_pictures(list(looks.values())))
        pairs |= dict.fromkeys(pair for pair in _of_one_file(seen, name) if pair not in pairs)
        yield from copy_findings(seen, pairs, _said(name))


def _of_one_file(seen: Examination, name: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of cases whose cells name one image, where that is a mistake: of one patient, labels differ."""
    column = seen.study.inputs[name]
    named: dict[str, list[str]] = {}
    for key, case in seen.opened.items():
        if name in case.inputs:
            named.setdefault(seen.cases.cells(key)[column], []).append(key)
    for keys in named.values():
        for a, b in combinations(keys, 2):
            if seen.opened[a].patient != seen.opened[b].patient or contradicted(seen, a, b):
                yield a, b


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
        "labels": Said(
            code="same_image_contradicted",
            expected=f"one label for every picture of input {name}",
            got="of the same or almost the same picture of one patient, whose labels differ",
            do="Mend the labels, or keep one of the rows: a model would be taught both. Fine for neighboring slices and follow-ups "
            "that were labeled apart.",
        ),
        "cases": Said(
            code="same_image_twice",
            expected=f"every picture of input {name} once",
            got="of the same or almost the same picture of one patient",
            do="Fine for neighboring slices and follow-ups; drop the row if it is a copy.",
        ),
    }


CHECK = Check(name="same_image", looks_for="the same picture under two cases or patients, or with two labels", find=find, look=look)
