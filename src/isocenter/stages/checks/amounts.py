"""Counts with fractions, and amounts that are the same in every case. Table only.

Negative counts, proportions out of range, intervals upside down and cells that are no number are cells without meaning
(unreadable_files.py).
"""

from collections.abc import Iterator

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.finding import Finding
from isocenter.core.study import Target
from isocenter.stages.examination import Check, Examination


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a warning for counts that are not whole, and a failure for amounts that never differ."""
    for target in seen.study.targets:
        if target.type not in ("count", "proportion", "value"):
            continue
        labels = {key: case.labels.get(target.name) for key, case in seen.opened.items()}
        known = {key: label for key, label in labels.items() if isinstance(label, Amount)}
        if target.type == "count":
            yield from _fractions(target, known)
        ends = {str((label.value, label.low, label.high)) for label in known.values()}
        if target.use == "learn" and len(known) > 1 and len(ends) == 1:
            yield Finding(
                code="one_value_only",
                severity="failure",
                expected=f"at least two values of {target.name} among the cases",
                got=f"{next(iter(known.values())).value:g} in all {len(known)}",
                do="Look at the column; there is nothing to tell apart.",
            )


def _fractions(target: Target, known: dict[str, Amount]) -> Iterator[Finding]:
    broken = {key: label for key, label in known.items() if not _whole(label)}
    if broken:
        key, label = next(iter(broken.items()))
        yield Finding(
            code="fractional_count",
            severity="warning",
            expected=f"whole numbers for the count {target.name}",
            got=f"fractions in {len(broken)} of {len(known)}; case {key} has {label.value:g}",
            do="Right for the mean of several readers; else mend the cells, or call the target a value.",
            cases=tuple(broken),
        )


def _whole(label: Amount) -> bool:
    ends = [label.value] if np.isnan(label.low) and np.isnan(label.high) else [label.low, label.high]
    return all(np.isnan(end) or float(end).is_integer() for end in ends)


CHECK = Check(name="amounts", looks_for="counts with fractions, amounts that never differ", find=find)
