"""Labels of a whole patient that differ from row to row. Table only."""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.core.value import Value
from isocenter.stages.contradiction import differ, in_words
from isocenter.stages.examination import Check, Examination


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a failure for each target that is said once a patient and differs between rows of one; empty cells do not differ."""
    for target in seen.study.targets:
        if target.per != "patient":
            continue
        for name in (target.name, *(f"{target.name}@{rater}" for rater in target.beside)):
            given: dict[str, dict[str, Value]] = {}
            for key, case in seen.opened.items():
                if name in case.labels:
                    given.setdefault(case.patient, {})[key] = case.labels[name]
            torn = {patient: labels for patient, labels in given.items() if not _agree(list(labels.values()))}
            if torn:
                patient, labels = next(iter(torn.items()))
                shown = ", ".join(f"{key}: {in_words(label)}" for key, label in list(labels.items())[:4])
                yield Finding(
                    code="patient_contradicted",
                    severity="failure",
                    expected=f"one {name} for all rows of a patient (per: patient)",
                    got=f"{len(torn)} patients with several; {patient} has {shown}",
                    do="Mend the rows; or leave `per: patient` out, if each row has a label of its own.",
                    cases=tuple(key for labels in torn.values() for key in labels),
                )


def _agree(labels: list[Value]) -> bool:
    """Tell whether no two labels contradict one another; what was not assessed in one contradicts nothing."""
    return all(not differ(one, other) for i, one in enumerate(labels) for other in labels[:i])


CHECK = Check(name="patient_labels", looks_for="labels of a whole patient that differ from row to row", find=find)
