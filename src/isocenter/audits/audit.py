"""Audit: one question of trust about a run, and how it is asked.

In:   a run folder; the name of an audit (a file of this folder).
Out:  findings, with evidence and a figure, kept in the run's findings.json beside those of other audits; which were asked.
Not:  no measuring of the model itself (stages/evaluate.py); nothing is trained unless an audit says that it needs it.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from isocenter.core.errors import RunError, SettingError
from isocenter.core.executor import Executor, Here
from isocenter.core.finding import Finding
from isocenter.core.plan import as_config
from isocenter.core.record import Record
from isocenter.core.registry import Registry
from isocenter.stages.lock import one_writer
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.run_folder import RunFolder

Needs = Literal["predictions", "model", "gradients", "training"]
NEEDED: Mapping[Needs, str] = {
    "predictions": "the run's answers",
    "model": "the run's model",
    "gradients": "the gradients of the run's network",
    "training": "trainings of its own",
}
"""What an audit needs, in words."""


class Audit(Record):
    """One question. Every code of its findings begins with its name."""

    name: str
    question: str
    needs: Needs
    """What it asks of the run. An audit that needs training is run only when it is named."""
    cite: str
    judge: Callable[..., Sequence[Finding]]
    """(run, executor) -> findings; with a config (run, executor, settings); one that needs training also hears progress."""
    config: type[Any] | None = None
    """A frozen dataclass of the audit's settings; None = it has none."""


AUDITS: Registry[Audit] = Registry("audit", "isocenter.audits", "AUDIT", skip=("audit",))


class Asked(Record):
    """What was asked of a run, and what came of it."""

    asked: tuple[str, ...]
    """Audits by name. None asked is no clean bill."""
    left_out: Mapping[str, str]
    """Audits that were not asked, and why; {} where audits were named."""
    findings: tuple[Finding, ...]
    """The gravest first."""


def audit(
    run: Path | str,
    names: Sequence[str] = (),
    *,
    settings: Mapping[str, Any] | None = None,
    retrain: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """Ask questions of trust of a run and return what was found, the gravest first.

    Parameters
    ----------
    run : a run folder that has been evaluated
    names : audits by name; () = every one that needs no more than predictions and fits the run
    settings : settings of the one audit that is named
    retrain : let audits that need training train; SettingError when one is named without
    executor : who does the work; this process if None
    progress : what shows how far a training is

    Returns
    -------
    Findings, also kept in findings.json, where those of the same audits are replaced. An audit asked for by name raises RunError
    or StudyError when it does not fit the run; one that is not named is then left out (`ask` says which, and why).
    """
    return list(ask(run, names, settings=settings, retrain=retrain, executor=executor, progress=progress).findings)


def ask(
    run: Path | str,
    names: Sequence[str] = (),
    *,
    settings: Mapping[str, Any] | None = None,
    retrain: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Asked:
    """Do what `audit` does, and say also what was asked and what was left out. Takes the same arguments, raises the same."""
    folder = RunFolder(run)
    if not folder.exists("study.yaml"):
        raise RunError(f"expected a run folder, got {folder.path}, which holds no study.yaml. Run first: isocenter run STUDY --out")
    if folder.inners("arm"):
        raise RunError(f"{folder.path} compares arms; audit one of them: isocenter audit {folder.path}/arm/…")
    chosen = [AUDITS.get(name) for name in names or AUDITS.names()]
    if settings and (len(names) != 1 or chosen[0].config is None):
        raise SettingError(
            f"expected one audit that has settings, got {', '.join(names) or 'none by name'}. See: isocenter list audits"
        )
    trains = [each.name for each in chosen if each.needs == "training" and names and not retrain]
    if trains:
        raise SettingError(
            f"expected --retrain for {', '.join(trains)}, which trains models of its own, and takes as long. Add it."
        )
    found: list[Finding] = []
    asked: list[str] = []
    left_out: dict[str, str] = {}
    with one_writer(folder.path):
        for each in chosen:
            if not names and each.needs != "predictions":
                named = f"{each.name} --retrain" if each.needs == "training" else each.name
                left_out[each.name] = f"needs {NEEDED[each.needs]}; ask for it by name: isocenter audit RUN {named}"
                continue
            try:
                found += _judged(each, folder, executor or Here(), settings or {}, progress or Quiet())
            except NotForThisRun as reason:
                if names:
                    raise
                left_out[each.name] = str(reason)
                continue
            asked.append(each.name)
        _keep(folder, found, asked)
    order = {"failure": 0, "warning": 1, "note": 2}
    found.sort(key=lambda finding: (order[finding.severity], finding.code))
    return Asked(asked=tuple(asked), left_out=left_out, findings=tuple(found))


class NotForThisRun(RunError):
    """An audit's question makes no sense for this run: another kind of target, no second labeler …"""


def _judged(each: Audit, run: RunFolder, executor: Executor, settings: Mapping[str, Any], progress: Progress) -> Sequence[Finding]:
    more = (progress,) if each.needs == "training" else ()
    if each.config is None:
        return each.judge(run, executor, *more)
    return each.judge(run, executor, as_config(each.config, settings, method=each.name), *more)


def _keep(folder: RunFolder, found: Sequence[Finding], asked: Sequence[str]) -> None:
    """Write findings.json: what other audits found stays."""
    before = folder.read_json("findings.json", stage="audit") if folder.exists("findings.json") else []
    others = [row for row in before if not str(row["code"]).startswith(tuple(asked))]
    folder.write_json("findings.json", [*others, *(dataclasses.asdict(finding) for finding in found)])
