"""Times to an event of no length, and events that never come. Table only.

A negative time and an unknown code are cells without meaning (unreadable_files.py).
"""

from collections.abc import Iterator

from isocenter.core.finding import Finding
from isocenter.core.survival import Survival
from isocenter.stages.examination import Check, Examination


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a warning for times of zero, a failure where all are zero; a failure where nobody has the event."""
    for target in seen.study.targets:
        if target.type != "survival":
            continue
        labels = {key: case.labels.get(target.name) for key, case in seen.opened.items()}
        known = {key: label for key, label in labels.items() if isinstance(label, Survival)}
        zero = tuple(key for key, label in known.items() if label.days[0] == 0)
        if zero and len(zero) == len(known):
            yield Finding(
                code="survival_times_all_zero",
                severity="failure",
                expected=f"days from the start of follow-up to its end in column {target.columns[0]!r} of {target.name}",
                got=f"0 in all {len(known)}",
                do="Look at the column and its unit: years cut to whole numbers give 0. Nobody has the event before anybody else.",
            )
        elif zero:
            yield Finding(
                code="survival_time_zero",
                severity="warning",
                expected=f"more than 0 days of {target.name} (column {target.columns[0]!r})",
                got=f"0 in {len(zero)} of {len(known)}",
                do="Count days from the start of follow-up; who had the event before it is not at risk: leave both cells empty.",
                cases=zero,
            )
        if known and not any(label.event for label in known.values()):
            yield Finding(
                code="event_never_comes",
                severity="failure",
                expected=f"some cases with the event of {target.name} (column {target.columns[1]!r}: 1)",
                got=f"none among {len(known)}",
                do="Look at the codes: 1 is the event, 0 followed up without it; a follow-up without events teaches no risk.",
            )


CHECK = Check(name="survival_times", looks_for="survival times of zero, events that never come", find=find)
