"""Tune: the same random configurations for every arm, how hard each arm is to tune, and the test score of the one chosen.

In:   a study whose `tune:` says what settings are drawn from; its `vary:`, if any, are the arms.
Out:  a run folder with an arm per arm and configuration; tuning.json, tuning.csv, tuning.html and the figure of the curves.
Not:  no search that learns from what it tried: only random configurations can be compared by the best of k.

A configuration is chosen on tuning cases, or out of fold. The test part is opened on request, for the one chosen of each arm alone.

Reference: Dodge et al., Show Your Work, EMNLP 2019, arXiv:1909.03004.
"""

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.errors import Diverged, RunError, StudyError
from isocenter.core.estimate import Estimate
from isocenter.core.search import draw_configurations
from isocenter.core.study import Study
from isocenter.figures.style import to_svg
from isocenter.methods.registry import claim_of
from isocenter.metrics.tuning_curve import compare_tuning, tuning_curve
from isocenter.stages.arms import CONFIGURATION, arms_of, run_arms
from isocenter.stages.evaluate import check_test, evaluate
from isocenter.stages.lock import one_writer
from isocenter.stages.plan import DEFAULT_PRESET
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.reporting.tuning_page import tuning_drawing, tuning_page
from isocenter.stages.run import Budget, check_first, run_stages
from isocenter.stages.run_cases import start_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import make_split
from isocenter.stages.study_names import check_names
from isocenter.stages.tuning import Contrast, Tried, TunedArm, Tuning

CONFIGURATIONS = 12
"""Fewer say little of what more would find."""
OPENED, DIVERGED = "tuning_test", "diverged"
"""Entries of an arm's stages.json."""
TESTED = "tested.json"
"""The test score of an arm that was chosen."""


def tune(
    study: Path | str,
    *,
    out: Path | str,
    configurations: int = CONFIGURATIONS,
    data: Path | str | None = None,
    time_limit: float | None = None,
    preset: str = DEFAULT_PRESET,
    settings: dict[str, Any] | None = None,
    skip_bad: bool = False,
    test: bool = False,
    progress: Progress | None = None,
) -> Tuning:
    """Run every arm with the same random configurations, and return how hard each is to tune.

    Parameters
    ----------
    study : path of study.yaml, with `tune:`
    out : the run folder; taken up where it stopped if it exists. More configurations keep those done before
    configurations : random configurations of each arm
    data : folder the paths in cases.csv are relative to, as of `run`
    time_limit : minutes of training, per model; the preset's if None
    preset : "small", "cpu" or "full"
    settings : settings of the method by name, as `--set`; the same for every configuration
    skip_bad : leave out cases that cannot be read
    test : open the test split for the chosen configuration of each arm, once
    progress : what shows how far it is

    Raises
    ------
    StudyError when nothing is to be drawn; RunError when every configuration of an arm diverged.
    """
    progress = progress or Quiet()
    with one_writer(Path(out)):
        folder = start_run(Path(study), Path(out), data=Path(data) if data else None, settings=settings)
        full = _with_configurations(folder.read(Study), configurations)
        folder.write(full)
        check_names(full)
        check_first(folder, Path(study), data=Path(data) if data else None, skip_bad=skip_bad, progress=progress)
        if test:
            check_test(make_split(folder))
        budget = Budget(minutes=time_limit, preset=preset)

        def work(arm: RunFolder) -> list[Estimate]:
            return _attempt(arm, budget=budget, skip_bad=skip_bad, progress=progress)

        run_arms(folder, work, progress=progress)
        made = _judged(folder, full, test=test, progress=progress)
        _write(folder, full, made)
    return made


def _with_configurations(study: Study, count: int) -> Study:
    """Return the study with its configurations among what is varied."""
    if not study.tune:
        raise StudyError(
            "expected `tune:` in the study, which says what settings are drawn from. "
            "For example, tune: {learning_rate: {low: 1.0e-4, high: 1.0e-2, scale: log}, batch: [8, 16, 32]}"
        )
    both = [name for name in study.tune if name in study.vary or name in study.settings]
    if both or CONFIGURATION in study.vary:
        names = ", ".join(both) or CONFIGURATION
        raise StudyError(f"expected {names} in one place, got it under `tune:` and under `vary:` or `settings:`. Leave one out.")
    if count < 1:
        raise StudyError(f"expected at least one configuration, got {count}. {CONFIGURATIONS} or more can be compared.")
    drawn = draw_configurations(study.tune, count, seed=study.seed)
    return study.model_copy(update={"vary": {**study.vary, CONFIGURATION: drawn}})


def _attempt(arm: RunFolder, *, budget: Budget, skip_bad: bool, progress: Progress) -> list[Estimate]:
    """Run one configuration. One that diverged is remembered as such and not tried again."""
    if _diverged(arm):
        progress.say("diverged before")
        return []
    if budget.planned(arm) and all(arm.fresh(stage) for stage in ("train", "predict", "evaluate")):
        progress.say("done before")
        return arm.estimates()
    try:
        return run_stages(arm, budget=budget, skip_bad=skip_bad, test=False, progress=progress)
    except Diverged as error:
        arm.stamps.remember(DIVERGED, read=arm.stamps.hash_of_reads("train"), why=str(error))
        progress.say(f"diverged: {error}")
        return []


def _diverged(arm: RunFolder) -> bool:
    return arm.stamps.notes(DIVERGED).get("read") == arm.stamps.hash_of_reads("train")


def _judged(folder: RunFolder, study: Study, *, test: bool, progress: Progress) -> Tuning:
    """Return curves, choices and, where asked for, test scores."""
    drawn = study.vary[CONFIGURATION]
    names = list(arms_of(study))
    varied = {name: values for name, values in study.vary.items() if name != CONFIGURATION}
    groups = list(arms_of(study.model_copy(update={"vary": varied}))) if varied else [""]
    task = claim_of(study)
    lower = task.better == "lower"
    tried: list[Tried] = []
    found: dict[str, Estimate] = {}
    for index, name in enumerate(names):  # the configuration varies fastest
        group, number = groups[index // len(drawn)], index % len(drawn)
        arm = folder.inner("arm", name)
        estimate = None if _diverged(arm) else _primary(arm.estimates(), study)
        if estimate is not None:
            found[name] = estimate
        score = math.nan if estimate is None else estimate.value
        tried.append(Tried(arm=group, configuration=number, settings=drawn[number], score=score, run=f"arm/{name}"))
    if not found:
        raise RunError("expected one configuration at least that could be trained, got none. Lower the learning rates of `tune:`.")
    first = next(iter(found.values()))
    best = 0.0 if lower else 1.0 if first.unit == "1" else math.inf
    arms = []
    for group in groups:
        mine = [t for t in tried if t.arm == group]
        scores = [t.score for t in mine]
        if not np.isfinite(scores).any():
            raise RunError(f"expected one configuration of {group or 'the study'} that could be trained, got none. Mend `tune:`.")
        chosen = mine[int(np.nanargmin(scores) if lower else np.nanargmax(scores))]
        at = RunFolder(folder.path / chosen.run)
        arms.append(
            TunedArm(
                arm=group,
                curve=tuple(tuning_curve(scores, rng=_rng(study), lower_is_better=lower, best_possible=best)),
                spread=float(np.nanstd(scores, ddof=1)) if np.isfinite(scores).sum() > 1 else math.nan,
                failed=int(np.isnan(scores).sum()),
                chosen=chosen,
                test=_tested(at, study, test=test, progress=progress),
                openings=sum(len(RunFolder(folder.path / t.run).openings()) for t in mine),
            )
        )
    contrasts = [
        Contrast(first=arm, second=groups[0], found=compare_tuning(
            [t.score for t in tried if t.arm == arm], [t.score for t in tried if t.arm == groups[0]], k,
            rng=_rng(study), lower_is_better=lower, best_possible=best,
        ))
        for arm in groups[1:] for k in dict.fromkeys((1, len(drawn)))
    ]  # fmt: skip
    return Tuning(
        quantity=first.name, unit=first.unit, better=task.better, part=first.part, target=first.target,
        patients=first.patients, configurations=len(drawn), seed=study.seed,
        arms=tuple(arms), contrasts=tuple(contrasts), tried=tuple(tried),
    )  # fmt: skip


def _rng(study: Study) -> np.random.Generator:
    return np.random.default_rng([study.seed, 84])


def _primary(estimates: Sequence[Estimate], study: Study) -> Estimate | None:
    """Return the number the claim is made with, of the first learned target."""
    name, target = claim_of(study).primary, study.claimed.name
    mine = [e for e in estimates if e.who == "model" and e.group == "all" and e.name == name]
    return next((e for e in mine if e.target in (target, "")), None)


def _tested(arm: RunFolder, study: Study, *, test: bool, progress: Progress) -> Estimate | None:
    """Return the test score of a chosen configuration: as found before, else, if asked for, by opening the test part."""
    note = arm.stamps.notes(OPENED)
    if note.get("read") == arm.stamps.hash_of_reads("evaluate"):
        return next(iter(arm.estimates(TESTED)), None)
    if not test:
        return None
    found = _primary(evaluate(arm, test=True, progress=progress), study)
    arm.write_records(TESTED, [found] if found is not None else [])
    evaluate(arm, progress=progress)  # the arm keeps the numbers it was chosen by, so that arms can be compared
    arm.stamps.remember(OPENED, read=arm.stamps.hash_of_reads("evaluate"))
    return found


def _write(folder: RunFolder, study: Study, made: Tuning) -> None:
    """Write tuning.json, tuning.csv, the figure and the page."""
    folder.write_json("tuning.json", made.plain())
    text = io.StringIO()
    names = list(study.tune)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["arm", "configuration", *names, made.quantity, "part", "chosen", "run"])
    chosen = {arm.chosen.run for arm in made.arms}
    for t in made.tried:
        score = "" if math.isnan(t.score) else f"{t.score:.6g}"
        row = [t.arm, t.configuration, *(t.settings[n] for n in names), score, made.part, int(t.run in chosen), t.run]
        writer.writerow(row)
    folder.write_text("tuning.csv", text.getvalue())
    drawing = tuning_drawing(study, made)
    folder.write_text("figures/tuning_curves.svg", to_svg(drawing.figure).decode())
    folder.write_text("tuning.html", tuning_page(study, made, drawing))
