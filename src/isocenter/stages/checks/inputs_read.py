"""Inputs the study's method cannot read: reports shown to a network of images, images to a method for reports, slides or graphs."""

from collections.abc import Iterator, Mapping

from isocenter.core.errors import IsocenterError
from isocenter.core.finding import Finding
from isocenter.core.method import Reads
from isocenter.core.study import Study
from isocenter.methods.registry import methods_of, task_of, that_read
from isocenter.stages.examination import Check, Examination

_ALONE: tuple[Reads, ...] = ("text", "slides", "graphs")
"""Sorts a method is made for that reads them: it can do nothing with another."""
_SAMPLES: frozenset[Reads] = frozenset({"images", "slides", "graphs"})
"""What shows samples: any other method takes the overview of a slide, and the matrix of a graph, for an image."""
_DECLARED: Mapping[Reads, str] = {"text": "units: {{{}: text}}", "slides": "at: {{{}: 20x}}"}
"""How a study says that an input is of a sort."""


def find(seen: Examination) -> Iterator[Finding]:
    """Yield a failure for each method the study asks for that can read none of its inputs."""
    shown = _shown(seen)
    if not shown:
        return  # nothing opened: other checks tell
    for name, task in _asked(seen.study):
        reads = methods_of(task).get(name).card.reads
        if reads == "covariates" or shown & ({reads} if reads in _ALONE else _SAMPLES):
            continue
        declare = (
            f" Or, if it is {reads}, say so: `{_DECLARED[reads].format(next(iter(seen.study.inputs)))}`."
            if reads in _DECLARED
            else ""
        )
        yield Finding(
            code="inputs_not_read",
            severity="failure",
            expected=f"an input the method {name} reads: {reads}",
            got=f"{' and '.join(sorted(shown))} alone",
            do=that_read(task, next(iter(shown)) if len(shown) == 1 else "images") + declare,
        )


def _shown(seen: Examination) -> set[Reads]:
    """Return what the inputs that opened are."""
    shown: set[Reads] = set()
    for case in seen.opened.values():
        shown |= {"text"} if case.texts else set()
        shown |= {"slides"} if case.slides else set()
        shown |= {"graphs"} if case.graphs else set()
        shown |= {"images"} if set(case.inputs) - set(case.slides) else set()
    return shown


def _asked(study: Study) -> Iterator[tuple[str, str]]:
    """Yield (method, task) for each method of the study or its arms, but for baselines: some look at no input."""
    try:
        task = task_of(study)
        known = methods_of(task.name).names()
    except IsocenterError:  # of a task that does not exist others speak
        return
    for name in map(str, study.vary.get("method", (study.method or task.default,))):
        if name in known and name != task.floor:
            yield name, task.name


CHECK = Check(name="inputs_read", looks_for="inputs of another sort than the study's method reads", find=find)
