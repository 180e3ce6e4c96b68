"""What tuning found: every configuration tried, the curve of each arm, the one chosen and its test score.

Out:  Tuning, as stages/tune.py makes it and the page shows it.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from isocenter.core.estimate import Estimate
from isocenter.core.record import Record
from isocenter.metrics.tuning_curve import ExpectedBest


class Tried(Record):
    """One configuration of one arm."""

    arm: str
    """Name of what is varied; "" when nothing is."""
    configuration: int
    settings: Mapping[str, Any]
    score: float
    """On tuning cases, or out of fold; NaN: the training diverged."""
    run: str
    """Its run, from the folder of the tuning."""


class TunedArm(Record):
    """One arm."""

    arm: str
    curve: Sequence[ExpectedBest]
    """Of 1, 2 … configurations."""
    spread: float
    """Standard deviation of the scores over configurations; of those that diverged, none."""
    failed: int
    """Configurations that diverged."""
    chosen: Tried
    test: Estimate | None
    """Of the chosen one; None = not opened."""
    openings: int
    """How often the test part was opened for this arm, all its configurations together."""


class Contrast(Record):
    """How much more one arm's best is expected to reach than another's."""

    first: str
    second: str
    found: ExpectedBest
    """`best` is the difference."""


class Tuning(Record):
    """All of it."""

    quantity: str
    unit: str
    better: Literal["higher", "lower"]
    part: str
    """What configurations are chosen on: "tune" or "folds"."""
    target: str
    patients: int
    """Patients chosen on."""
    configurations: int
    seed: int
    arms: Sequence[TunedArm]
    contrasts: Sequence[Contrast]
    """Each arm against the first, of one configuration and of all."""
    tried: Sequence[Tried]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it; what is not known is null."""
        found: dict[str, Any] = _known(dataclasses.asdict(self))
        return found


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _known(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_known(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
