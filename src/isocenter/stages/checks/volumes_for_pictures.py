"""Volumes and films where the method reads pictures of two axes alone: it would stop at the plan."""

from collections.abc import Iterator

from isocenter.core.errors import IsocenterError
from isocenter.core.finding import Finding
from isocenter.core.study import Study
from isocenter.methods.registry import methods_of, task_of
from isocenter.stages.examination import Check, Examination

SLICES = "Write slices as pictures: isocenter slices STUDY --out PICTURES. Then isocenter run PICTURES/study.yaml --data PICTURES."
LABELED = "Give the table a row for each slice, as a picture (PNG, or NIfTI of two axes) with a label of its own."


def find(seen: Examination) -> Iterator[Finding]:
    """Yield one failure for each input with images that are no pictures."""
    for name in seen.study.inputs:
        kinds = {key: case.inputs[name][0].grid for key, case in seen.opened.items() if name in case.inputs}
        wrong = {key: grid for key, grid in kinds.items() if grid.ndim != 2 or grid.times_s}
        readers = _readers(seen.study) if wrong else []
        if readers:
            axes = sorted({f"{grid.ndim} axes{' over time' if grid.times_s else ''}" for grid in wrong.values()})
            yield Finding(
                code="volumes_for_pictures",
                severity="failure",
                expected=f"pictures of two axes for input {name}: {', '.join(readers)} reads nothing else",
                got=f"images of {' or '.join(axes)} in {len(wrong)} of {len(kinds)} cases",
                do=SLICES if task_of(seen.study).requests else LABELED,
                cases=tuple(wrong),
            )


def _readers(study: Study) -> list[str]:
    """Return the methods of the study that read pictures alone; none where a name is wrong, which has a finding of its own."""
    try:
        task = task_of(study)
        if not task.pictures:  # a network takes seconds to import
            return []
        names = dict.fromkeys(map(str, study.vary.get("method", (study.method or task.default,))))
        return [name for name in names if methods_of(task.name).get(name).card.reads == "pictures"]
    except IsocenterError:
        return []


CHECK = Check(name="volumes_for_pictures", looks_for="volumes where the method reads pictures alone", find=find)
