"""Arms: one run per value of `vary:`, equal budgets, one table.

In:   a run whose study varies something.
Out:  arm/<name=value>/, each an ordinary run on the same split; the numbers are the arms'.
"""

import itertools
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isocenter.core.errors import StudyError
from isocenter.core.estimate import Estimate
from isocenter.core.study import KEPT, Study
from isocenter.stages.kept_labels import keep_labels
from isocenter.stages.progress import Progress
from isocenter.stages.run_folder import RunFolder, safe_name
from isocenter.stages.split import read_split, split, write_split

LEARN = "learn"
"""The setting of a split that says how many cases are learned from."""
CONFIGURATION = "configuration"
"""`vary: {configuration: [{learning_rate: 0.001, batch: 8}, …]}`: arms that change several settings at once, named by number."""


def run_arms(folder: RunFolder, work: Callable[[RunFolder], list[Estimate]], *, progress: Progress) -> list[Estimate]:
    """Run every arm. The split is drawn once, so that arms are compared on the same cases."""
    if not folder.fresh("split"):
        split(folder)
    estimates: list[Estimate] = []
    for name, study in arms_of(folder.read(Study)).items():
        arm = folder.inner("arm", name).create()
        if not arm.exists("study.yaml") or arm.read(Study) != study:
            arm.write(study)
        for file in ("cases.csv", "sources.json"):
            shutil.copyfile(folder.path / file, arm.path / file)
        wanted = read_split(folder)
        if LEARN in study.split:
            wanted = wanted.shortened(int(study.split[LEARN]), seed=study.seed)
        if not arm.exists("split.csv") or read_split(arm).part != wanted.part or read_split(arm).case != wanted.case:
            write_split(arm, wanted)
        counts = {name.removeprefix(KEPT): int(count) for name, count in study.split.items() if name.startswith(KEPT)}
        if counts:
            keep_labels(arm, study, wanted, counts, seed=study.seed)
        arm.stamps.stamp("split")
        progress.say(f"arm {name}")
        estimates += work(arm)
    return estimates


def arms_of(study: Study) -> Mapping[str, Study]:
    """Return the study of each arm by name: every combination of the varied values.

    A varied name that is a field of the study (method, seed …) changes that; `cases` is how many cases are learned from;
    `labels.TARGET` is how many of them keep their label of that target; `configuration` holds several settings each; any other is
    a setting of the method.
    """
    names = list(study.vary)
    arms: dict[str, Study] = {}
    for chosen in itertools.product(*(list(enumerate(study.vary[n])) for n in names)):
        values = [value for _, value in chosen]
        fields: dict[str, Any] = {}
        parts = dict(study.split)
        settings = dict(study.settings)
        for name, value in zip(names, values, strict=True):
            if name in ("method", "task", "seed"):
                fields[name] = value
            elif name == "cases":
                parts[LEARN] = int(value)
            elif name.startswith(KEPT):
                parts[name] = int(value)
            elif name == CONFIGURATION:
                settings |= _configuration(value)
            else:
                settings[name] = value
        shown = (f"{i:02d}" if n == CONFIGURATION else _shown(v, study.vary[n]) for n, (i, v) in zip(names, chosen, strict=True))
        label = safe_name("_".join(f"{n}={v}" for n, v in zip(names, shown, strict=True)))
        arms[label] = study.model_copy(update={**fields, "split": parts, "settings": settings, "vary": {}, "tune": {}})
    return arms


def _configuration(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise StudyError(
            f"expected settings under `{CONFIGURATION}` of `vary:`, got {value!r}. Write {{learning_rate: 0.001, batch: 8}}."
        )
    return {str(name): one for name, one in value.items()}


def _shown(value: Any, among: Sequence[Any]) -> str:
    """Return a varied value as an arm is named after it: {cells: 0, spots: 1} is "cells=0-spots=1", a path its last part.

    among : all values of the setting; where two paths end alike, they stand whole
    """
    if isinstance(value, Mapping):
        return "-".join(f"{k}={v}" for k, v in value.items())
    ends = [_end(v) for v in among]
    return _end(value) if len(set(ends)) == len(ends) else str(value)


def _end(value: Any) -> str:
    return Path(value).name if isinstance(value, str) else str(value)
