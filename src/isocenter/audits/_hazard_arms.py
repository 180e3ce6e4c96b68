"""Translations learned with a chosen share of images with a tumor: who is learned from, and the runs that learn.

In:   a run's study and table; which cases show a tumor; a share.
Out:  pools of patients (generators, detector, threshold, held out); a run folder of each arm, taken up where it stopped.
Not:  no detector and no judgment.

Reference: Cohen, Luck & Honari, MICCAI 2018, arXiv:1805.08841.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from isocenter.audits._own_run import cell, run_written
from isocenter.audits.audit import NotForThisRun
from isocenter.core.plan import Plan
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.io.table import TableCases, target_columns
from isocenter.stages.progress import Progress
from isocenter.stages.run_folder import RunFolder

ARMS: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "cyclegan": ("cyclegan", {}),
    "paired_l1": ("pix2pix", {"adversarial": 0.0}),
    "pix2pix": ("pix2pix", {}),
}
"""By name: method, and the settings that make it what it is. paired_l1, the control, is asked for nearness alone."""
ALIKE = ("longest", "patch", "widths", "batch", "precision", "channels_last", "target_low", "target_high")
"""Settings of the run's own plan that all arms have, so that they differ in what they learn from and how alone."""
THRESHOLD = 0.5
"""Share of the detector's patients on whom its threshold is chosen."""


class Pools(Record):
    """Keys of cases; no patient is in two of them, but in `tumors` and `free`, which generators learn from."""

    tumors: tuple[str, ...]
    free: tuple[str, ...]
    detector: tuple[str, ...]
    threshold: tuple[str, ...]
    held: tuple[str, ...]

    def most(self, shares: Sequence[float]) -> int:
        """Return how many images a side can have, so that every share can be made of as many."""
        for count in range(len(self.tumors) + len(self.free), 0, -1):
            if all(round(s * count) <= len(self.tumors) and count - round(s * count) <= len(self.free) for s in shares):
                return count
        return 0

    def side(self, share: float, count: int) -> tuple[str, ...]:
        """Return `count` keys, that share of them with a tumor; a larger share keeps those with a tumor that a smaller one has."""
        ill = round(share * count)
        return (*self.tumors[:ill], *self.free[: count - ill])


def pools_of(
    learn: Sequence[str], held: Sequence[str], cases: TableCases, ill: Mapping[str, bool], *, detector: float, seed: int
) -> Pools:
    """Share the patients of the learning cases out, those with and those without a tumor alike.

    ill      : whether a case shows a tumor, of every usable case
    detector : share of the patients the detector and its threshold get
    """
    rng = np.random.default_rng([seed, 31])
    patients = {key: cases[key].patient for key in learn if key in ill}
    sick = {p for key, p in patients.items() if ill[key]}
    part: dict[str, str] = {}
    for group in (sorted(sick), sorted(set(patients.values()) - sick)):
        order = [str(p) for p in rng.permutation(group)]
        taken = round(detector * len(order))
        line = round((1 - THRESHOLD) * taken)
        part |= {p: "detector" if i < line else "threshold" if i < taken else "generator" for i, p in enumerate(order)}
    mixed = [str(key) for key in rng.permutation(sorted(patients))]

    def of(name: str, wanted: Sequence[bool]) -> tuple[str, ...]:
        return tuple(key for key in mixed if part[patients[key]] == name and ill[key] in wanted)

    both = (True, False)
    return Pools(
        tumors=of("generator", (True,)),
        free=of("generator", (False,)),
        detector=of("detector", both),
        threshold=of("threshold", both),
        held=tuple(key for key in held if key in ill),
    )


class Bench(Record):
    """What all arms of an audit have in common."""

    home: Path
    study: Study
    cases: TableCases
    image: Target
    """The target that is translated to."""
    pools: Pools
    source: float
    """Share of the source's images with a tumor, where sides are not paired."""
    count: int
    """Images a side."""
    plan: Plan
    """Of the run that is audited: what arms share is taken from it."""
    steps: int
    """Of each training; 0 = the plan's."""
    minutes: float
    """What a network is sized for where the plan has none."""
    progress: Progress

    @property
    def trained(self) -> int:
        """Steps of each training."""
        return self.steps or self.plan.steps


def run_arm(bench: Bench, arm: str, share: float, *, seed: int) -> RunFolder:
    """Train one arm in a folder of its own, let it answer the held-out cases, and return its run.

    With pairs both sides are the target's cases; without, the source's are fixed, and a cell is left empty where a case stands on
    one side alone.
    """
    method, preset = ARMS[arm]
    study, cases, pools = bench.study, bench.cases, bench.pools
    wanted = set(pools.side(share, bench.count))
    given = set(pools.side(bench.source, bench.count)) if method == "cyclegan" else wanted
    image = target_columns(bench.image)[0]
    rows, split = [], []
    for key in (*pools.tumors, *pools.free, *pools.held):
        held = key in pools.held
        if not held and key not in given | wanted:
            continue
        patient = cases[key].patient
        shown = {column: cell(cases, key, column) if held or key in given else "" for column in study.inputs.values()}
        rows.append({"case": key, "patient": patient, **shown, image: cell(cases, key, image) if held or key in wanted else ""})
        split.append({"case": key, "patient": patient, "part": "tune" if held else "learn", "fold": ""})
    alike = {s.name: s.value for s in bench.plan.settings if s.name in ALIKE}
    made = Study(
        name=f"{study.name}_hazard",
        cases=Path("cases.csv"),
        inputs=study.inputs,
        units=study.units,
        targets=(bench.image.model_copy(update={"columns": (image,), "raters": (), "readers": (), "metrics": ()}),),
        method=method,
        settings={**alike, **(study.settings if study.method == method else {}), **preset, "steps": bench.trained},
        split={"file": "split.csv"},
        seed=seed,
    )
    home = bench.home / f"{arm}_{round(100 * share):03d}_{seed}"
    return run_written(made, rows, split, home, minutes=bench.minutes, progress=bench.progress)


def check_pools(pools: Pools, count: int, *, least: int, ill: Mapping[str, bool]) -> None:
    """Raise NotForThisRun when there are too few cases to learn anything from."""
    free = sum(not ill[key] for key in pools.threshold)
    both = {ill[key] for key in pools.held}
    if count < least or free < least or not any(ill[key] for key in pools.detector) or len(both) < 2:
        raise NotForThisRun(
            f"expected {least} images a side, {least} tumor-free ones for the threshold, a tumor to learn to detect, and held-out "
            f"cases with and without one; got {count}, {free}, {sum(ill[k] for k in pools.detector)} tumors, and "
            f"{sum(ill[k] for k in pools.held)} of {len(pools.held)} with one. Take more cases of both kinds, or name the class "
            "that is the tumor: --set tumor=TARGET:CLASS"
        )
