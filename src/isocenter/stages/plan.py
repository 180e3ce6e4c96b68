"""Plan: every setting with its reason, before anything costs time.

In:   study, fingerprint, a budget (minutes of training, gigabytes of memory).
Out:  plan.json; warnings when the budget or the cases support no claim.
"""

import dataclasses
import os
from collections.abc import Mapping
from typing import Any

from isocenter.core.errors import StudyError, unknown
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.methods.registry import method_of
from isocenter.stages.progress import Progress, Quiet
from isocenter.stages.run_folder import RunFolder

PRESETS = {"small": 3.0, "cpu": 15.0, "full": 600.0}
"""Minutes of training."""
DEFAULT_PRESET = "cpu"
FEWEST, FEW = 10, 20
"""Patients below which nothing is claimed, and below which an interval carries a note."""


def plan(
    run: RunFolder,
    *,
    minutes: float | None = None,
    preset: str = DEFAULT_PRESET,
    replay: Plan | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Plan a run and write plan.json.

    minutes : of training; None = the preset's
    replay : a plan to repeat exactly, its steps included
    """
    (progress or Quiet()).say("plan: choosing settings and timing a few steps")
    study = run.read(Study)
    if replay is not None:
        made = replay
    else:
        minutes = budget_minutes(minutes, preset)
        fingerprint = run.read_json("fingerprint.json", stage="fingerprint")
        made = method_of(study).plan(study, fingerprint, minutes=minutes, gigabytes=free_gigabytes())
        made = with_claims(made, fingerprint)
    run.write(made)
    run.stamps.stamp("plan", budget=minutes, replayed=replay is not None)
    return made


def budget_minutes(minutes: float | None, preset: str) -> float:
    """Return the minutes of training asked for: those given, else the preset's. StudyError, with "did you mean"."""
    if minutes is not None:
        return minutes
    if preset not in PRESETS:
        raise StudyError(unknown("preset", preset, PRESETS))
    return PRESETS[preset]


def with_claims(made: Plan, fingerprint: Mapping[str, Any]) -> Plan:
    """Add what so few patients cannot support, and what will not fit into memory."""
    warnings = list(made.warnings)
    patients = int(fingerprint["patients"])
    if patients < FEWEST:
        warnings.append(
            f"{patients} patient{'s' if patients != 1 else ''} to learn and tune from: what comes out holds for them; it supports "
            f"no claim about others (that takes at least {FEWEST} tested patients)"
        )
    free = free_gigabytes()
    if made.gigabytes > free:
        warnings.append(
            f"about {made.gigabytes:.1f} GB are needed and {free:.1f} GB are free: use a smaller patch or batch "
            "(--set batch=…), or close other programs"
        )
    return dataclasses.replace(made, warnings=tuple(warnings), sane=made.sane and made.gigabytes <= free and patients >= FEWEST)


def free_gigabytes() -> float:
    """Return the memory that may be taken, in GB."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            fields = dict(line.split(":", 1) for line in file)
        return int(fields["MemAvailable"].split()[0]) / 1e6
    except (OSError, KeyError, ValueError):
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        return pages * size / 2e9
