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
from isocenter.core.study import Study
from isocenter.methods.registry import claim_of
from isocenter.metrics.exchange_rate import ExchangeRate, exchange_rate
from isocenter.stages.arms import LEARN, arms_of
from isocenter.stages.compare import compare
from isocenter.stages.kept_labels import KEPT
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


class Exchange(Record):
    """What labels of the first run are worth in labels of the second."""

    first: Curve
    second: Curve
    found: ExchangeRate


def exchange(first: Path, second: Path, *, labels: float | None = None, seed: int = 0) -> Exchange:
    """Return how many labels of the second run reach the error of a number of labels of the first.

    labels : of the first run; None = the middle of those tried, geometrically

    RunError when the runs differ in what they measure or in the cases they hold out, or vary no number of labels.
    """
    one, other = learning_curve(first), learning_curve(second)
    if one.quantity != other.quantity or _claimed(first) != _claimed(second):
        raise RunError(
            f"expected two runs that claim one number of one target, got {one.quantity} of {_claimed(first)} and {other.quantity} "
            f"of {_claimed(second)}. Put the same target first in both studies."
        )
    if _held_out(first) != _held_out(second):
        raise RunError("expected two runs that hold out the same cases, got others. Give both studies one `split: {file: …}`.")
    at = labels if labels is not None else math.exp(float(np.mean(np.log(one.counts))))
    found = exchange_rate((one.counts, one.errors), (other.counts, other.errors), at, rng=np.random.default_rng(seed))
    return Exchange(first=one, second=other, found=found)


def learning_curve(run: Path) -> Curve:
    """Return the errors of a run's arms by their number of labels; arms with none are left out. RunError without such arms."""
    folder = RunFolder(run)
    study = folder.read(Study)
    varied = [name for name in study.vary if name == "cases" or name.startswith(KEPT)]
    stray = [name for name in study.vary if name not in (*varied, "seed")]
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
    return next(t.name for t in RunFolder(run).read(Study).targets if t.use == "learn")


def _held_out(run: Path) -> set[str]:
    return set(read_split(RunFolder(run)).keys("tune", "test"))
