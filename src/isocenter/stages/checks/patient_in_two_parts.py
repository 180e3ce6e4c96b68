"""One patient in two parts of a split file. Table only."""

from collections.abc import Iterator

from isocenter.core.errors import unknown
from isocenter.core.finding import Finding
from isocenter.stages.examination import Check, Examination
from isocenter.stages.split_parts import parts_of, split_file


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a failure for patients in two parts, for keys the table lacks, and for cases in no part."""
    part = parts_of(seen.study, seen.folder)
    if not part:
        return
    file = split_file(seen.study, seen.folder).name
    by_patient: dict[str, set[str]] = {}
    for key, case in seen.opened.items():
        if key in part:
            by_patient.setdefault(case.patient, set()).add(part[key])
    torn = {patient for patient, parts in by_patient.items() if len(parts) > 1}
    if torn:
        yield Finding(
            code="patient_in_two_parts",
            severity="failure",
            expected=f"all cases of a patient in one part of {file}",
            got=f"{len(torn)} patients in two or more",
            do="Move all cases of a patient to one part, or take the file away and let isocenter split by patient.",
            cases=tuple(key for key, case in seen.opened.items() if case.patient in torn and key in part),
        )
    strange = [key for key in part if key not in seen.opened]
    if strange:
        yield Finding(
            code="split_unknown_case",
            severity="failure",
            expected=f"cases of the table in {file}",
            got=f"{len(strange)} others; {unknown('case', strange[0], seen.opened)}",
            do="Mend the keys in the split file.",
        )
    nowhere = tuple(key for key in seen.opened if key not in part)
    if nowhere:
        yield Finding(
            code="case_in_no_part",
            severity="warning",
            expected=f"every case in {file}",
            got=f"{len(nowhere)} in no part",
            do="Add them, or they are neither learned from nor tested on.",
            cases=nowhere,
        )


CHECK = Check(name="patient_in_two_parts", looks_for="one patient in two parts of the split", find=find)
