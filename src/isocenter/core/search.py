"""Search: the values a setting may be given at random, and the configurations drawn from them.

Pydantic, because strangers write it: `tune: {learning_rate: {low: 1.0e-4, high: 1.0e-2, scale: log}, batch: [8, 16, 32]}`.
Not: running them (stages/tune.py).
"""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

DIGITS = 3
"""Significant digits of a number drawn: enough to tell values apart, few enough to read."""


class Range(BaseModel):
    """Numbers from low to high, each as likely as any other, or (scale: log) each order of magnitude."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: float
    """The least that is drawn."""
    high: float
    """The most."""
    scale: Literal["linear", "log"] = "linear"
    """log: each order of magnitude as often; low must be above 0."""
    whole: bool = False
    """Whole numbers only, both ends among them."""

    @model_validator(mode="after")
    def _has_room(self) -> "Range":
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"expected low < high in a range to draw from, got {self.low:g} and {self.high:g}")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"expected low above 0 in a range of scale log, got {self.low:g}")
        if self.whole and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError(f"expected whole numbers as ends of a range of whole numbers, got {self.low:g} and {self.high:g}")
        return self

    def draw(self, rng: np.random.Generator) -> float | int:
        """Return one number, in [low, high]."""
        reach = 0.5 if self.whole else 0.0
        low, high = self.low - reach, self.high + reach
        drawn = math.exp(rng.uniform(math.log(low), math.log(high))) if self.scale == "log" else float(rng.uniform(low, high))
        if self.whole:
            return int(min(max(round(drawn), self.low), self.high))
        return float(min(max(float(f"{drawn:.{DIGITS}g}"), self.low), self.high))


Choices = Annotated[tuple[Any, ...], Field(min_length=1)]
"""Values, each as likely as any other."""


def _kind(value: Any) -> str:
    return "range" if isinstance(value, Mapping | Range) else "choices"


Drawn = Annotated[Annotated[Range, Tag("range")] | Annotated[Choices, Tag("choices")], Discriminator(_kind)]
"""What one setting is drawn from."""


def draw_configurations(ranges: Mapping[str, Range | tuple[Any, ...]], count: int, *, seed: int) -> tuple[dict[str, Any], ...]:
    """Return so many configurations {setting: value}. Twelve are the first twelve of twenty."""
    drawn = []
    for index in range(count):
        rng = np.random.default_rng([seed, 83, index])
        drawn.append({n: r.draw(rng) if isinstance(r, Range) else r[int(rng.integers(len(r)))] for n, r in ranges.items()})
    return tuple(drawn)
