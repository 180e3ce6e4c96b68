"""Everything a report speaks of, read once from the run folder.

In:   a RunFolder. Out: Contents, a record of nouns and tables; what a stage has not written is None or empty.
Not:  no pictures (answers.py opens cases), no words.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from isocenter.core.comparison import Comparison
from isocenter.core.errors import IsocenterError
from isocenter.core.estimate import Estimate
from isocenter.core.finding import Finding
from isocenter.core.image import Image
from isocenter.core.plan import Plan
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.task import Task
from isocenter.figures.words import lower_is_better
from isocenter.methods.registry import claim_of
from isocenter.metrics.registry import ranks
from isocenter.stages.added import Added, what_labels_added
from isocenter.stages.looks import read_looks
from isocenter.stages.run_folder import MEASUREMENT_COLUMNS, RunFolder

PARTS = ("test", "folds", "tune", "learn")
"""From the strongest to the weakest ground for a claim."""


class Inner(Record):
    """A fold or an arm: a run inside the run."""

    kind: str
    name: str
    estimates: Sequence[Estimate]
    plan: Plan | None


class Contents(Record):
    """What the run folder holds."""

    study: Study
    task: Task | None
    plan: Plan | None
    primary: str
    """The metric the claim is made with."""
    part: str
    """The part the claim is made on: the strongest that has been evaluated."""
    estimates: Sequence[Estimate]
    measurements: pd.DataFrame
    findings: Sequence[Finding]
    split: pd.DataFrame
    """case, patient, part, fold; empty before the split."""
    fingerprint: Mapping[str, Any]
    log: pd.DataFrame | None
    openings: Sequence[Mapping[str, str]]
    environment: str
    inner: Sequence[Inner]
    refused: Mapping[str, str]
    """Cases the model refused to answer, with the reason."""
    skipped: Mapping[str, str]
    """Cases left out because they could not be read, with the reason."""
    comparisons: Sequence[Comparison]
    notes: Mapping[str, Mapping[str, Any]]
    """What the stages recorded of themselves, by stage."""
    home: RunFolder
    """Where the numbers lie: the run itself, or its first arm."""
    arm: str = ""
    """Name of the arm the claim is about; "" when nothing was varied."""
    added: Sequence[Added] = ()
    """What labels of one kind added to those of another, where arms tell."""
    fold: str = ""
    """Name of the fold whose plan and fingerprint are shown; "" when the run has its own."""
    looks: Sequence[tuple[int, Image]] = ()
    """What a generator made while it learned, by steps."""
    measured: bool = True
    """False: a training that goes on, or was killed, of which only how it went can be told."""

    @property
    def lower_is_better(self) -> bool:
        """Whether a smaller number of the primary metric is the better one."""
        if self.task is not None and self.task.primary == self.primary:
            return self.task.better == "lower"
        return lower_is_better(self.primary)

    @property
    def generates(self) -> bool:
        """Whether answers are new images, each to a request, and not answers to their cases."""
        return self.task is not None and self.task.requests

    @property
    def own(self) -> list[Estimate]:
        """The estimates of the part the claim is made on."""
        return [e for e in self.estimates if e.part == self.part]

    @property
    def rows(self) -> pd.DataFrame:
        """The measurements of the part the claim is made on."""
        return self.measurements[self.measurements["part"] == self.part]

    @property
    def shown(self) -> frozenset[str]:
        """The cases the claim is made on, whose answers may be drawn."""
        measured = frozenset(self.rows["case"].astype(str))
        if measured or not self.generates or self.split.empty:
            return measured
        return frozenset(self.split.loc[self.split["part"] == self.part, "case"].astype(str))

    @property
    def target(self) -> Target | None:
        """The target the claim is about; None where there is no target."""
        return self.study.claimed if self.study.targets else None

    def main(self, who: str = "model") -> Estimate | None:
        """Return the estimate the claim is made with, of the model, a baseline or a rater."""
        name = self.target.name if self.target else ""
        found = [e for e in self.own if e.who == who and e.name == self.primary and e.group == "all" and e.target in (name, "")]
        return found[0] if found else None

    def others(self) -> list[Estimate]:
        """Return the main estimates of baselines and raters, baselines first; no rater's where it is a ranking (readers.py)."""
        ranked = ranks(self.primary)
        whos = dict.fromkeys(e.who for e in self.own if e.who != "model" and not (ranked and e.who.startswith("rater:")))
        found = [self.main(who) for who in sorted(whos)]
        return [e for e in found if e is not None]


def read_contents(run: RunFolder) -> Contents:
    """Read the run folder. RunError when nothing has been evaluated yet and no training has begun.

    Where something was varied and the run has no numbers of its own, they are its first arm's; and so is the training.
    """
    arms = [] if run.exists("estimates.json") else [arm for arm in run.inners("arm") if arm.exists("estimates.json")]
    if not arms and not run.exists("estimates.json") and _trained_at(run) is None:
        arms = [arm for arm in run.inners("arm") if _trained_at(arm) is not None]
    home = arms[0] if arms else run
    study = home.read(Study)
    trained = _trained_at(home)
    measured = home.exists("estimates.json") or trained is None
    estimates = home.estimates() if measured else []
    task = _task(study)
    part = next((p for p in PARTS if any(e.part == p for e in estimates)), "tune")
    measurements = home.measurements() if home.exists("measurements.csv") else pd.DataFrame(columns=MEASUREMENT_COLUMNS)
    folds = home.inners("fold")
    planned = next((folder for folder in (home, *folds) if folder.exists("plan.json")), home)
    return Contents(
        study=study,
        task=task,
        plan=planned.read(Plan) if planned.exists("plan.json") else None,
        primary=_primary(task, [e for e in estimates if e.part == part]),
        part=part,
        estimates=estimates,
        measurements=measurements,
        findings=[*run.findings(), *(home.findings() if arms else [])],
        split=_table(home, "split.csv", ["case", "patient", "part", "fold"]),
        fingerprint=planned.read_json("fingerprint.json", stage="fingerprint") if planned.exists("fingerprint.json") else {},
        log=None if trained is None else pd.read_csv(trained.path / "log.csv", on_bad_lines="skip"),
        looks=() if trained is None else tuple(read_looks(trained.path)),
        measured=measured,
        openings=home.openings(),
        environment=_first_text((home, run, *folds), "environment.txt"),
        inner=tuple(_inner(run, _primary(task, [e for e in estimates if e.part == part]), measurements)),
        refused=_refused(home),
        skipped=_skipped((run, home, *folds)),
        comparisons=_comparisons(home),
        notes={"baselines": planned.stamps.notes("baselines"), **_notes(home.path / "stages.json")},
        home=home,
        arm=home.path.name if arms else "",
        added=what_labels_added(run) if run.inners("arm") else (),
        fold=planned.path.name if planned is not home else "",
    )


def _first_text(folders: Sequence[RunFolder], name: str) -> str:
    return next((folder.read_text(name, stage="run") for folder in folders if folder.exists(name)), "")


def _skipped(folders: Sequence[RunFolder]) -> dict[str, str]:
    """Cases left out anywhere, with the reason."""
    reasons: dict[str, str] = {}
    for folder in folders:
        if folder.exists("skipped.json"):
            reasons |= folder.read_json("skipped.json", stage="run")
    return reasons


def _task(study: Study) -> Task | None:
    try:
        return claim_of(study)
    except IsocenterError:
        return None


def _primary(task: Task | None, estimates: Sequence[Estimate]) -> str:
    """The task's primary metric where it was estimated, else the first estimate's."""
    names = [e.name for e in estimates if e.who == "model" and e.group == "all"]
    if task is not None and task.primary in names:
        return task.primary
    measured = [e.name for e in estimates if e.who == "model" and not math.isnan(e.value)]
    return (measured or names or ["value"])[0]


def _table(run: RunFolder, name: str, columns: list[str]) -> pd.DataFrame:
    if not run.exists(name):
        return pd.DataFrame(columns=columns)
    return pd.read_csv(run.path / name, dtype=str, keep_default_na=False)


def _trained_at(run: RunFolder) -> RunFolder | None:
    """Where the log lies; under cross-validation, in the first fold that has one."""
    for folder in (run, *run.inners("fold")):
        if folder.exists("log.csv") and (folder.path / "log.csv").stat().st_size:
            return folder
    return None


def _inner(run: RunFolder, primary: str, measurements: pd.DataFrame) -> list[Inner]:
    found: list[Inner] = []
    for arm in run.inners("arm"):
        estimates = arm.estimates() if arm.exists("estimates.json") else []
        found.append(Inner(kind="arm", name=arm.path.name, estimates=estimates, plan=_plan(arm)))
    for fold in run.inners("fold"):
        rows = measurements[(measurements["fold"] == fold.path.name) & (measurements["name"] == primary)]
        rows = rows[rows["who"] == "model"]
        means = [_mean(rows[rows["target"] == target]) for target in dict.fromkeys(rows["target"])]
        found.append(Inner(kind="fold", name=fold.path.name, estimates=means, plan=_plan(fold)))
    return found


def _plan(folder: RunFolder) -> Plan | None:
    return folder.read(Plan) if folder.exists("plan.json") else None


def _mean(own: pd.DataFrame) -> Estimate:
    """The mean over one fold's cases, as measured; an interval for so few is not given. At least one row."""
    known = own.dropna(subset=["value"])
    return Estimate(
        name=str(own["name"].iloc[0]),
        value=float(known["value"].mean()) if len(known) else math.nan,
        unit=str(own["unit"].iloc[0]),
        ci95=(math.nan, math.nan),
        interval="",
        patients=int(known["patient"].nunique()),
        cases=len(known),
        excluded=len(own) - len(known),
        part="folds",
        target=str(own["target"].iloc[0]),
    )


def _comparisons(run: RunFolder) -> list[Comparison]:
    if not run.exists("comparisons.json"):
        return []
    return TypeAdapter(list[Comparison]).validate_python(run.read_json("comparisons.json", stage="evaluate"))


def _refused(run: RunFolder) -> dict[str, str]:
    """Read the reasons alone, without opening any answer."""
    reasons: dict[str, str] = {}
    for folder in (run, *run.inners("fold")):
        file = folder.path / "predictions.jsonl"
        if not file.exists():
            continue
        for text in file.read_text(encoding="utf-8").splitlines():
            try:
                line = json.loads(text)
            except json.JSONDecodeError:
                continue
            if line.get("refused"):
                reasons[line["case"]] = line["refused"]
            else:
                reasons.pop(line["case"], None)
    return reasons


def _notes(file: Path) -> dict[str, dict[str, Any]]:
    try:
        stages: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["stages"]
    except (FileNotFoundError, json.JSONDecodeError, KeyError):
        return {}
    return stages
