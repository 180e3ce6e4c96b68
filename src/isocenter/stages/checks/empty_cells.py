"""Empty cells: views, labels and covariates that are missing. Allowed, counted, and never a zero. Table only."""

from collections.abc import Iterator

from isocenter.core.errors import IsocenterError
from isocenter.core.finding import Finding
from isocenter.core.study import Study
from isocenter.methods.registry import method_of
from isocenter.stages.examination import Check, Examination

_NEVER = {
    "label_never_given": "Fill in at least some cells.",
    "view_never_given": "Fill in at least some cells, or take the input out of `inputs:`.",
}


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a failure for cases without any input, and for inputs and targets no case has; notes for the rest; covariates
    that no case has.
    """
    lone = _lone_targets(seen.study)
    blind = tuple(
        key
        for key, case in seen.opened.items()
        if all(f"input {name}" in case.missing for name in seen.study.inputs) and not lone & set(case.labels)
    )
    if blind:
        yield Finding(
            code="case_without_input",
            severity="failure",
            expected="at least one input for every case",
            got=f"none in {len(blind)}",
            do="Fill in a path, or take the rows out of the table.",
            cases=blind,
        )
    for name in [f"input {n}" for n in seen.study.inputs] + [f"target {t.name}" for t in seen.study.targets]:
        missing = tuple(key for key, case in seen.opened.items() if name in case.missing and key not in blind)
        if missing:
            nowhere = len(missing) + len(blind) == len(seen.opened)
            never = "label_never_given" if name.startswith("target") else "view_never_given"
            yield Finding(
                code=never if nowhere else "empty_cells",
                severity="failure" if nowhere else "note",
                expected=f"{name} for every case",
                got=f"empty cells in {len(missing)} of {len(seen.opened)}",
                do=_NEVER[never] if nowhere else "Nothing, if they were not taken or not assessed.",
                cases=missing,
            )
    yield from _covariates(seen)
    yield from _without_region(seen)
    for target in seen.study.targets:
        if target.type == "survival":
            half = tuple(key for key in seen.cases.keys if sum(bool(seen.cases.cells(key)[c]) for c in target.columns) == 1)
            if half:
                yield Finding(
                    code="half_a_label",
                    severity="warning",
                    expected=f"both {' and '.join(target.columns)} for target {target.name}",
                    got=f"one of the two in {len(half)}; these count as not assessed",
                    do="Fill in the other cell (event 0 = followed up to that day, alive).",
                    cases=half,
                )


def _lone_targets(study: Study) -> set[str]:
    """Return the targets the study's method learns from even where a case shows nothing else; none for most methods."""
    images = {t.name for t in study.targets if t.type == "image" and t.use == "learn"}
    if not images or study.method is None:
        return set()
    try:
        return images if method_of(study).card.unpaired else set()
    except IsocenterError:  # of a method that does not exist, others speak
        return set()


def _covariates(seen: Examination) -> Iterator[Finding]:
    """Covariates nobody has: a failure where the network is to look at covariates and there is no other."""
    named = dict.fromkeys((*seen.study.covariates, *seen.study.groups))
    never = [name for name in named if not any(seen.cases.cells(key)[name] for key in seen.cases.keys)]
    if never:
        asked = str(seen.study.settings.get("covariates", "none")) != "none"
        nothing_left = asked and set(seen.study.covariates) <= set(never)
        yield Finding(
            code="covariate_never_given",
            severity="failure" if nothing_left else "warning",
            expected="every covariate and group of the study in at least one case",
            got=f"empty cells in all {len(seen.cases.keys)} for {', '.join(never)}",
            do="Fill in at least some cells, or take the column out of `covariates:` and `groups:`"
            + (", and leave the setting `covariates` out." if nothing_left else "."),
        )


def _without_region(seen: Examination) -> Iterator[Finding]:
    """Labels of a region whose cell is empty. A mask is then taken as drawn everywhere; any other label speaks of nothing."""
    for target in seen.study.targets:
        if target.region is None or target.type == "mask":
            continue
        lost = tuple(
            key for key, case in seen.opened.items() if target.name in case.labels and not seen.cases.cells(key)[target.region]
        )
        if lost:
            yield Finding(
                code="region_missing",
                severity="failure",
                expected=f"the region {target.region} for every label of {target.name}",
                got=f"empty cells in {len(lost)}",
                do="Name the region's mask, or empty the label: a network would look at everything instead.",
                cases=lost,
            )


CHECK = Check(name="empty_cells", looks_for="missing views, labels and covariates", find=find)
