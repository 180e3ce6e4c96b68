"""Classes, grades and findings that are rare, never seen, or seen in everybody. Table only."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from isocenter.core.finding import Finding
from isocenter.core.scores import Scores
from isocenter.stages.examination import Check, Examination

RARE = 10
"""Patients of a class below which its sensitivity has no interval."""
UNEVEN = 0.05
"""Share of cases below which a class is called rare even when it has enough patients."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield failures when there is nothing to tell apart; warnings for classes that nobody has, everybody has, or few have."""
    for target in seen.study.targets:
        if target.type not in ("class", "ordinal", "multilabel"):
            continue
        labels = {key: case.labels[target.name] for key, case in seen.opened.items() if target.name in case.labels}
        scores = {key: label for key, label in labels.items() if isinstance(label, Scores)}
        if not scores:
            continue
        names = next(iter(scores.values())).names
        patients: dict[str, set[str]] = {name: set() for name in names}
        counts: Counter[str] = Counter()
        assessed: Counter[str] = Counter()
        for key, label in scores.items():
            for name, p in zip(names, label.p, strict=True):
                assessed[name] += not np.isnan(p)
                if p > 0:
                    patients[name].add(seen.opened[key].patient)
                    counts[name] += 1
        yield from _of_target(target.name, names, patients, counts, assessed, one_of=target.type != "multilabel")


def _of_target(
    target: str,
    names: tuple[str, ...],
    patients: dict[str, set[str]],
    counts: Counter[str],
    assessed: Counter[str],
    *,
    one_of: bool,
) -> Iterator[Finding]:
    if one_of and sum(n > 0 for n in counts.values()) < 2:
        yield Finding(
            code="one_class_only",
            severity="failure",
            expected=f"at least two classes of {target} among the cases",
            got=f"{max(assessed.values(), default=0)} cases, all {next(iter(counts), 'unlabeled')}",
            do="Add cases of another class; there is nothing to tell apart.",
        )
        return
    unknown = [name for name in names if not assessed[name]]
    if unknown:
        yield Finding(
            code="label_never_given",
            severity="failure",
            expected=f"every finding of {target} assessed in at least some cases",
            got=f"{', '.join(unknown)} assessed in no case",
            do="Fill in at least some cells, 0 where it was looked for and not there, or take the column out of `columns:`.",
        )
    never = [name for name in names if assessed[name] and not counts[name]]
    if never:
        yield Finding(
            code="class_never_given",
            severity="warning",
            expected=f"every class of {target} in at least one case",
            got=f"none with {', '.join(never)}",
            do="Take the class out of `classes:` or add cases of it; a model cannot learn what it never sees.",
        )
    always = [name for name in names if assessed[name] and counts[name] == assessed[name] and not one_of]
    if always:
        yield Finding(
            code="class_always_given",
            severity="warning",
            expected=f"every finding of {target} absent in at least one case",
            got=f"{', '.join(always)} in every case that was assessed",
            do="Take the finding out or add cases without it; a model cannot learn what it never sees missing. An empty cell is "
            "not assessed: write 0 where it was looked for and not there.",
        )
    rare = [name for name in names if counts[name] and (len(patients[name]) < RARE or counts[name] < UNEVEN * assessed[name])]
    if rare:
        shown = ", ".join(f"{name}: {counts[name]} cases of {len(patients[name])} patients" for name in rare[:10])
        yield Finding(
            code="class_imbalance",
            severity="warning",
            expected=f"at least {RARE} patients and {100 * UNEVEN:g} % of the cases for each class of {target}",
            got=shown + (" …" if len(rare) > 10 else ""),
            do="Say nothing about these classes alone, join them to others, or add cases; accuracy will hide them.",
        )


CHECK = Check(name="class_balance", looks_for="classes and findings that are rare, never seen, or seen in everybody", find=find)
