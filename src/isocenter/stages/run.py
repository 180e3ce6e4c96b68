"""Run: the main job. check → split → fingerprint → plan → train → predict → evaluate → report.

In:   a study file. Out: a run folder, each stage done only when something above it changed.
Folds and arms are runs inside the run: the same stages work in each.
"""

import platform
from collections.abc import Callable
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from isocenter.core.errors import StudyError
from isocenter.core.estimate import Estimate
from isocenter.core.finding import Finding
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.stages.answer import answer
from isocenter.stages.arms import run_arms
from isocenter.stages.check import check
from isocenter.stages.evaluate import check_test, evaluate
from isocenter.stages.fingerprint import fingerprint
from isocenter.stages.lock import one_writer
from isocenter.stages.operate import check_tuning
from isocenter.stages.plan import DEFAULT_PRESET, budget_minutes, plan
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.report import report
from isocenter.stages.run_cases import data_root, open_run, start_run
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.skipping import Skips
from isocenter.stages.split import TUNE, read_split, split, strata_of, write_split
from isocenter.stages.study_names import check_names
from isocenter.stages.train import train, train_baselines

OF_THE_STUDY = frozenset(
    {
        "table",
        "patient_in_two_parts",
        "same_image_in_two_parts",
        "split_unknown_case",
        "class_never_drawn",
        "label_never_given",
        "view_never_given",
        "one_class_only",
        "one_value_only",
        "class_not_learned",
        "event_never_comes",
        "no_patient_column",
        "inputs_not_read",
        "covariate_never_given",
        "kinds_without_classes",
    }
)
"""Failures that leaving cases out does not cure."""


class Budget:
    """What a training may take, and the plan to repeat, if any."""

    def __init__(self, *, minutes: float | None = None, preset: str = DEFAULT_PRESET, replay: Plan | None = None) -> None:
        self.minutes, self.preset, self.replay = minutes, preset, replay

    def planned(self, folder: RunFolder) -> bool:
        """Tell whether a run's plan is fresh, and is the one for this budget."""
        if not folder.fresh("plan"):
            return False
        if self.replay is not None:
            return [(s.name, s.value) for s in folder.read(Plan).settings] == [(s.name, s.value) for s in self.replay.settings]
        return bool(folder.stamps.notes("plan").get("budget") == budget_minutes(self.minutes, self.preset))


def run(
    study: Path | str,
    *,
    out: Path | str,
    data: Path | str | None = None,
    time_limit: float | None = None,
    preset: str = DEFAULT_PRESET,
    settings: dict[str, Any] | None = None,
    skip_bad: bool = False,
    test: bool = False,
    replay: Path | str | None = None,
    progress: Progress | None = None,
) -> RunFolder:
    """Do the main job and return the run folder.

    Parameters
    ----------
    study : path of study.yaml
    out : the run folder; taken up where it stopped if it exists
    data : folder the paths in cases.csv are relative to; $ISOCENTER_DATA if None, else the study's folder
    time_limit : minutes of training, per model; the preset's if None
    preset : "small", "cpu" or "full"
    settings : settings of the method by name, as `--set`
    skip_bad : leave out cases that cannot be read, each named in the report
    test : open the test split once training is done; the ledger counts
    replay : a run folder whose plan, steps included, is repeated exactly
    progress : what shows how far it is

    Raises
    ------
    StudyError, FileError, PlanError, RunError : each with what was expected, what came and what to do.
    """
    progress = progress or Quiet()
    with one_writer(Path(out)):  # before anything is written: another run may be at work there
        folder = start_run(Path(study), Path(out), data=Path(data) if data else None, settings=settings)
        check_names(folder.read(Study))
        repeated = _plan_of(RunFolder(replay), progress) if replay else None
        budget = Budget(minutes=time_limit, preset=preset, replay=repeated)
        check_first(folder, Path(study), data=Path(data) if data else None, skip_bad=skip_bad, progress=progress)
        if folder.read(Study).vary:
            run_arms(
                folder,
                lambda arm: run_stages(arm, budget=budget, skip_bad=skip_bad, test=test, progress=progress),
                progress=progress,
            )
        else:
            run_stages(folder, budget=budget, skip_bad=skip_bad, test=test, progress=progress)
        report(folder)
    return folder


def run_stages(folder: RunFolder, *, budget: Budget, skip_bad: bool, test: bool, progress: Progress) -> list[Estimate]:
    """Do the stages from split to evaluate in one run folder, each only when it is stale."""
    _unless_fresh(folder, "split", lambda: split(folder), progress)
    if test:
        check_test(read_split(folder))
    folds = read_split(folder).folds()
    if folds:
        for fold in folds:
            _prepare_fold(folder, fold)
            check_tuning(folder.inner("fold", fold))
            progress.say(f"fold {fold}")
            _fit_and_answer(folder.inner("fold", fold), budget=budget, skip_bad=skip_bad, progress=progress)
    else:
        check_tuning(folder)
        _fit_and_answer(folder, budget=budget, skip_bad=skip_bad, progress=progress)
    if not test and folder.fresh("evaluate") and folder.stamps.notes("evaluate").get("part") == "test":
        progress.say("evaluate: the test part was opened before, and its numbers stand")
        estimates = folder.estimates()
    else:
        estimates = evaluate(folder, test=test, progress=progress)
    folder.write_text("environment.txt", environment())
    return estimates


def _plan_of(run: RunFolder, progress: Progress) -> Plan:
    """Return the plan to repeat; say so when the run it comes from did not get to its end."""
    if run.stamps.notes("train").get("clock_ended"):
        progress.say("the run to repeat was ended by its clock; this one does all the steps of its plan, so the models will differ")
    return run.read(Plan)


def _fit_and_answer(folder: RunFolder, *, budget: Budget, skip_bad: bool, progress: Progress) -> None:
    skips = Skips(folder, allowed=skip_bad)
    _unless_fresh(folder, "fingerprint", lambda: fingerprint(folder, skips=skips, progress=progress), progress)
    if budget.planned(folder):
        progress.say("plan: done before")
    else:
        plan(folder, minutes=budget.minutes, preset=budget.preset, replay=budget.replay, progress=progress)
    _unless_fresh(folder, "train", lambda: train(folder, progress=progress), progress)
    train_baselines(folder, progress=progress)
    answer(folder, progress=progress)


def _prepare_fold(folder: RunFolder, fold: str) -> None:
    """Lay out one fold's run: the same study and table, its own split."""
    inner = folder.inner("fold", fold).create()
    study = folder.read(Study)
    plain = study.model_copy(update={"split": {}})
    if not inner.exists("study.yaml") or inner.read(Study) != plain:
        inner.write(plain)
    for name in ("cases.csv", "sources.json", "skipped.json"):
        if not folder.exists(name):
            continue
        text = folder.read_text(name, stage="run")
        if not inner.exists(name) or inner.read_text(name, stage="run") != text:
            inner.write_text(name, text)
    strata = strata_of(*open_run(folder))
    made = read_split(folder).of_fold(fold, tune=float(study.split.get("tune", TUNE)), seed=study.seed, strata=strata)
    if not inner.exists("split.csv") or read_split(inner).part != made.part:
        write_split(inner, made)
    inner.stamps.stamp("split")  # or `isocenter plan RUN/fold/0` would draw another


def check_first(folder: RunFolder, study: Path, *, data: Path | None, skip_bad: bool, progress: Progress) -> None:
    """Check the study; failures end the run. With skip_bad the cases named are left out, where the failure is theirs alone."""
    if folder.fresh("check"):
        progress.say("check: done before")
        return
    findings = check(study, data=data_root(data), progress=progress)
    folder.write_records("check.json", findings)
    for finding in findings:
        progress.say(f"  {finding.severity}{_cases(finding)}: {finding.got} — {finding.do}")
    failures = [f for f in findings if f.severity == "failure"]
    skips = Skips(folder, allowed=skip_bad)
    skips.start_anew()
    kept = [f for f in failures if not (skip_bad and f.cases and f.code not in OF_THE_STUDY)]
    if kept:
        raise StudyError(
            f"check found {len(kept)} failure(s); the first{_cases(kept[0])}: expected {kept[0].expected}, got {kept[0].got}. "
            f"{kept[0].do} Or mend what can be mended with: isocenter check {study} --fix. "
            "Cases that cannot be read may be left out with --skip-bad."
        )
    for finding in failures:
        skips.leave_out(finding.cases, f"expected {finding.expected}, got {finding.got}")
    if not failures:
        folder.stamps.stamp("check", findings=len(findings))  # failures are looked at again next time: they may have been mended


def _cases(finding: Finding) -> str:
    """Return " (c1, c2)": the cases a finding is about, at most five; "" for one about the study."""
    return f" ({', '.join(finding.cases[:5])}{' …' if len(finding.cases) > 5 else ''})" if finding.cases else ""


def _unless_fresh(folder: RunFolder, stage: str, work: Callable[[], object], progress: Progress) -> None:
    if folder.fresh(stage):
        progress.say(f"{stage}: done before")
    else:
        work()


def environment() -> str:
    """Return machine and package versions, one a line."""
    names = sorted({f"{d.metadata['Name']}=={d.version}" for d in distributions()}, key=str.lower)
    head = [f"python {platform.python_version()}", f"system {platform.system()} {platform.machine()}"]
    return "\n".join([*head, *names]) + "\n"
