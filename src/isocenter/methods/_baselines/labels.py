"""Which labels a method may learn from.

In:   a study and its learning cases.
Out:  the targets to answer; the labels of one target, each patient once where the label speaks of the patient.
Not:  no image is opened.
"""

from collections.abc import Iterable, Iterator

from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.method import Card
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.learning.patient_label import patient_label


def targets_of(study: Study, card: Card) -> tuple[Target, ...]:
    """Return the targets a method learns: marked for learning, and of a kind it answers. StudyError if there is none."""
    found = tuple(t for t in study.targets if t.use == "learn" and t.type in card.answers)
    if not found:
        given = ", ".join(f"{t.name} ({t.type}, use: {t.use})" for t in study.targets)
        raise StudyError(
            f"expected a learnable target of kind {' or '.join(sorted(card.answers))} for method {card.name}, got "
            f"{given or 'no targets'}. Name another method or target."
        )
    return found


def labeled(target: Target, cases: Iterable[Case]) -> Iterator[tuple[Case, Value]]:
    """Yield the cases that carry a label of this target, with it.

    A label per patient is yielded once a patient, with the first row that carries one, joined from all of them.
    """
    if target.per != "patient":
        yield from ((case, case.labels[target.name]) for case in cases if target.name in case.labels)
        return
    patients: dict[str, list[Case]] = {}
    for case in cases:
        if target.name in case.labels:
            patients.setdefault(case.patient, []).append(case)
    for rows in patients.values():
        label = patient_label(case.labels[target.name] for case in rows)
        if label is not None:
            yield rows[0], label


def nothing_to_learn(target: Target) -> StudyError:
    """Return the error for a target no learning case carries."""
    return StudyError(
        f"expected learning cases with a label of target {target.name!r}, got none. "
        f"Fill the column {', '.join(target.columns)} for some of them, or mark the target `use: score`."
    )
