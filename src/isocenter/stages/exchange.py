"""Exchange: how many labels of one kind are worth one of another, from the learning curves of two runs with arms.

In:   two evaluated runs whose arms vary a number of labels (`vary: {labels.TARGET: [5, 10, 20]}`) or of cases, on one split.
Out:  Exchange: the rate with its interval, and the points both curves were fitted to.
Not:  no training; no curve carried far beyond the sizes seen (metrics/exchange_rate.py).
"""

import math
from pathlib import Path

import numpy as np

from isocenter.core.errors import RunError
from isocenter.core.record import Record
from isocenter.core.study import KEPT, Study
from isocenter.methods.registry import claim_of
from isocenter.metrics.exchange_rate import ExchangeRate, PowerLaw, exchange_rate, fit_power_law
from isocenter.stages.added import labels_learned
from isocenter.stages.arms import LEARN, arms_of
from isocenter.stages.compare import compare
from isocenter.stages.run_folder import RunFolder
from isocenter.stages.split import read_split


class Curve(Record):
    """The arms of one run."""

    labels: str
    """What is counted: a target's labels, or cases."""
    quantity: str
    counts: tuple[int, ...]
    errors: tuple[float, ...]
    """1 - the quantity where higher is better."""

    @property
    def law(self) -> PowerLaw:
        """The power law fitted to them."""
        return fit_power_law(self.counts, self.errors)


class Exchange(Record):
    """What labels of the first run are worth in labels of the second."""

    first: Curve
    second: Curve
    beside: int
    """Labels of the first kind that every arm of the second run learned from as well."""
    found: ExchangeRate

    @property
    def sentence(self) -> str:
        """Say it in one sentence."""
        one, other, found = self.first.labels, self.second.labels, self.found
        where = f"At {found.cases:.0f} labels of {one}" + (f", {self.beside} of them beside the others," if self.beside else "")
        if math.isinf(found.rate):
            return f"{where} no number of labels of {other} reaches the same error ({self.first.quantity})."
        if math.isnan(found.rate):
            return f"{where} labels of {other} would be needed beyond ten times the numbers tried: nothing is said."
        low, high = found.interval.low, found.interval.high
        ends = f" [{low:.2g}, {high:.2g}]" if math.isfinite(low) else " (no interval: most resamples lead beyond the sizes seen)"
        return f"{where} one more is worth {found.rate:.2g}{ends} of {other} ({self.first.quantity})."


def exchange(first: Path, second: Path, *, labels: float | None = None, seed: int = 0) -> Exchange:
    """Return how many labels of the second run reach the error of a number of labels of the first.

    labels : of the first run; None = the middle of those tried, geometrically, of those above what the second had beside its own

    RunError when the runs differ in what they measure or in the cases they hold out, or vary no number of labels, or when the
    second had as many labels of the first kind as are to be exchanged.
    """
    one, other = learning_curve(first), learning_curve(second)
    if one.quantity != other.quantity or _claimed(first) != _claimed(second):
        raise RunError(
            f"expected two runs that claim one number of one target, got {one.quantity} of {_claimed(first)} and {other.quantity} "
            f"of {_claimed(second)}. Put the same target first in both studies."
        )
    if _held_out(first) != _held_out(second):
        raise RunError("expected two runs that hold out the same cases, got others. Give both studies one `split: {file: …}`.")
    beside = _beside(second, one.labels, varied=other.labels)
    above = [count for count in one.counts if count > beside]
    if not above or (labels is not None and labels <= beside):
        raise RunError(
            f"expected the arms of {second} to learn from fewer labels of {one.labels} than are exchanged, got {beside} beside "
            f"theirs. Keep few of them: vary: {{{KEPT}{one.labels}: [{min(one.counts)}], {KEPT}{other.labels}: [20, 40, 80]}}."
        )
    at = labels if labels is not None else math.exp(float(np.mean(np.log(above))))
    points = (one.counts, one.errors), (other.counts, other.errors)
    found = exchange_rate(*points, at, beside=beside, rng=np.random.default_rng(seed))
    return Exchange(first=one, second=other, beside=beside, found=found)


def _beside(run: Path, labels: str, *, varied: str) -> int:
    """Return how many labels of another kind every arm of a run learned from beside those it varied; of cases, none."""
    if labels in ("cases", varied):
        return 0
    folder = RunFolder(run)
    fewest = [
        int(asked.split[f"{KEPT}{labels}"])
        if f"{KEPT}{labels}" in asked.split
        else labels_learned(folder.inner("arm", name))[labels]
        for name, asked in arms_of(folder.read(Study)).items()
    ]
    return min(fewest)


def learning_curve(run: Path) -> Curve:
    """Return the errors of a run's arms by their number of labels; arms with none are left out. RunError without such arms."""
    folder = RunFolder(run)
    study = folder.read(Study)
    varied = [n for n, values in study.vary.items() if (n == "cases" or n.startswith(KEPT)) and len(values) > 1]
    stray = [n for n, values in study.vary.items() if n not in (*varied, "seed") and len(values) > 1]
    if len(varied) != 1 or stray:
        raise RunError(
            f"expected arms that vary one number of labels, and at most the seed beside it, got "
            f"{', '.join(study.vary) or 'no arms'} in {run}. Write vary: {{{KEPT}TARGET: [5, 10, 20]}}."
        )
    name = varied[0]
    values = {row.name: row.value for row in compare([run])}
    higher = claim_of(study).better == "higher"
    points = []
    for arm, asked in arms_of(study).items():
        count = int(asked.split[LEARN if name == "cases" else name])
        if count > 0 and arm in values:
            points.append((count, 1.0 - values[arm] if higher else values[arm]))
    points.sort()
    return Curve(
        labels="cases" if name == "cases" else name.removeprefix(KEPT),
        quantity=claim_of(study).primary,
        counts=tuple(count for count, _ in points),
        errors=tuple(error for _, error in points),
    )


def _claimed(run: Path) -> str:
    return RunFolder(run).read(Study).claimed.name


def _held_out(run: Path) -> set[str]:
    return set(read_split(RunFolder(run)).keys("tune", "test"))
