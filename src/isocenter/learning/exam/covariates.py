"""Covariates as a vector: numbers standardized, words one of their levels; what is missing is masked, not zero.

In:   covariates of cases.
Out:  vectors (K,): per number its value and whether it is known; per word one entry a level and whether it is known.
Not:  no network (conditionings/).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Covariates = Mapping[str, float | str]


@dataclass(frozen=True, kw_only=True)
class CovariateTable:
    """How covariates become a vector; saved with the model."""

    names: tuple[str, ...] = ()
    means: tuple[float, ...] = ()
    """Per name; of a word 0."""
    deviations: tuple[float, ...] = ()
    levels: tuple[tuple[str, ...], ...] = ()
    """Per name; () for a number."""

    @property
    def size(self) -> int:
        """K."""
        return sum(1 + max(1, len(levels)) for levels in self.levels)

    def vector(self, covariates: Covariates) -> NDArray[np.float32]:
        """Return one case's vector (K,). A level never seen in learning counts as not known."""
        parts: list[float] = []
        for name, mean, deviation, levels in zip(self.names, self.means, self.deviations, self.levels, strict=True):
            value = covariates.get(name)
            if levels:
                known = str(value) in levels
                parts += [float(str(value) == level) for level in levels]
            else:
                number = as_number(value)
                known = not math.isnan(number)
                parts.append((number - mean) / deviation if known else 0.0)
            parts.append(float(known))
        return np.asarray(parts, np.float32)


def as_number(value: float | str | None) -> float:
    """Return a covariate as a number, NaN when it is none."""
    try:
        return math.nan if value is None or value == "" else float(value)
    except ValueError:
        return math.nan


def fit_covariates(names: Sequence[str], cases: Iterable[Covariates]) -> CovariateTable:
    """Return the table of the learning cases: a name is a number when every known value is one."""
    rows = list(cases)
    means: list[float] = []
    deviations: list[float] = []
    levels: list[tuple[str, ...]] = []
    for name in names:
        known = [row[name] for row in rows if name in row and row[name] != ""]
        numbers = np.array([as_number(value) for value in known], float)
        if known and not np.isnan(numbers).any():
            means.append(float(numbers.mean()))
            deviations.append(float(numbers.std()) or 1.0)
            levels.append(())
        else:
            means.append(0.0)
            deviations.append(1.0)
            levels.append(tuple(sorted({str(value) for value in known})) or ("",))
    return CovariateTable(names=tuple(names), means=tuple(means), deviations=tuple(deviations), levels=tuple(levels))
