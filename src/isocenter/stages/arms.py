"""Arms: one run per value of `vary:`, equal budgets, one table.

In:   a run whose study varies something.
Out:  arm/<name=value>/, each an ordinary run on the same split; the numbers are the arms'.
"""

import itertools
import shutil
from collections.abc import Callable, Mapping
from typing import Any

from isocenter.core.estimate import Estimate
from isocenter.core.study import Study
from isocenter.stages.progress import Progress
from isocenter.stages.run_folder import RunFolder, safe_name
from isocenter.stages.split import split


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
        if not arm.exists("split.csv") or arm.read_text("split.csv", stage="split") != folder.read_text("split.csv", stage="split"):
            shutil.copyfile(folder.path / "split.csv", arm.path / "split.csv")
        arm.stamps.stamp("split")
        progress.say(f"arm {name}")
        estimates += work(arm)
    return estimates


def arms_of(study: Study) -> Mapping[str, Study]:
    """Return the study of each arm by name: every combination of the varied values.

    A varied name that is a field of the study (method, inputs …) changes that; any other is a setting of the method.
    """
    names = list(study.vary)
    arms: dict[str, Study] = {}
    for values in itertools.product(*(study.vary[n] for n in names)):
        fields: dict[str, Any] = {}
        settings = dict(study.settings)
        for name, value in zip(names, values, strict=True):
            if name in ("method", "task", "seed"):
                fields[name] = value
            else:
                settings[name] = value
        label = safe_name("_".join(f"{n}={v}" for n, v in zip(names, values, strict=True)))
        arms[label] = study.model_copy(update={**fields, "settings": settings, "vary": {}})
    return arms
