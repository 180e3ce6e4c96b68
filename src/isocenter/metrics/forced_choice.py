"""Two-alternative forced choice: can readers tell which of two images is the synthetic one?

In:   which pairs each reader told right.
Out:  each reader's share with its exact interval; the share of all readers with one interval over readers and pairs; what may be
      said: told apart, indistinguishable within the margin, or undecided; the power of a number of pairs.
Not:  no drawing of pairs, no reading of answers (stages/realism.py).
Reference: Clopper & Pearson, Biometrika 1934; 26:404. Hillis, Stat Med 2007; 26:596-619 (variance and degrees of freedom of a mean
    over crossed readers and cases). Schuirmann, J Pharmacokinet Biopharm 1987; 15:657 (equivalence by two one-sided tests).
Differs:   the variance is floored by its largest component, so that chance cannot make it vanish.
"""

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, binomtest, t

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.clopper_pearson import clopper_pearson
from isocenter.metrics.estimates.interval import LEVEL, Interval

CHANCE = 0.5
MARGIN = 0.1
"""Shares within this of chance count as indistinguishable."""
NARROW = 0.90
"""Level of the interval that must lie inside the margin."""

Verdict = Literal["told apart", "indistinguishable", "undecided"]


class Choice(Record):
    """How often the synthetic image was told."""

    who: str
    """A reader, or "all readers"."""
    right: float
    """Share of pairs told right, in [0, 1]; of all readers the mean."""
    pairs: int
    interval: Interval
    """95 %."""
    narrow: Interval
    """90 %, for the equivalence."""
    p: float
    """Two-sided, of the share being 1/2."""

    @property
    def verdict(self) -> Verdict:
        """What may be said; a share that is both above chance and inside the margin is indistinguishable within it."""
        if _inside(self.narrow):
            return "indistinguishable"
        return "told apart" if self.interval.low > CHANCE or self.interval.high < CHANCE else "undecided"


def of_reader(who: str, right: NDArray[np.bool_]) -> Choice:
    """Return one reader's share (N,), with exact intervals and the exact test. StudyError without pairs."""
    if len(right) == 0:
        raise StudyError(f"expected answers of reader {who}, got none.")
    told, pairs = int(right.sum()), len(right)
    return Choice(
        who=who,
        right=told / pairs,
        pairs=pairs,
        interval=clopper_pearson(told, pairs, level=LEVEL),
        narrow=clopper_pearson(told, pairs, level=NARROW),
        p=float(binomtest(told, pairs, CHANCE).pvalue),
    )


def of_all(right: NDArray[np.bool_]) -> Choice:
    """Return the mean of readers R > 1 on the pairs N > 1 all of them answered, (R, N); readers and pairs are both random."""
    y = np.asarray(right, float)
    if y.ndim != 2 or min(y.shape) < 2:
        raise StudyError(f"expected two readers and two pairs or more that all readers answered, got an array of shape {y.shape}.")
    readers, pairs = y.shape
    mean = float(y.mean())
    of_readers = pairs * float(((y.mean(axis=1) - mean) ** 2).sum()) / (readers - 1)
    of_pairs = readers * float(((y.mean(axis=0) - mean) ** 2).sum()) / (pairs - 1)
    rest = y - y.mean(axis=1, keepdims=True) - y.mean(axis=0, keepdims=True) + mean
    left = float((rest**2).sum()) / ((readers - 1) * (pairs - 1))
    total = max(of_readers + of_pairs - left, of_readers, of_pairs, left)
    pieces = of_readers**2 / (readers - 1) + of_pairs**2 / (pairs - 1) + left**2 / ((readers - 1) * (pairs - 1))
    freedom = total**2 / pieces if pieces > 0 else 1.0
    error = math.sqrt(total / (readers * pairs))
    p = float(2 * t.sf(abs(mean - CHANCE) / error, freedom)) if error > 0 else math.nan
    return Choice(
        who="all readers", right=mean, pairs=pairs, interval=_around(mean, error, freedom, LEVEL),
        narrow=_around(mean, error, freedom, NARROW), p=p,
    )  # fmt: skip


def choices(right: Mapping[str, Mapping[str, bool]]) -> list[Choice]:
    """Return a row a reader, and where there are two or more, one of all on the pairs all answered.

    right : reader -> pair -> whether it was told right
    """
    rows = [of_reader(who, np.array(list(told.values()), bool)) for who, told in right.items()]
    shared = sorted(set.intersection(*(set(told) for told in right.values()))) if right else []
    if len(right) > 1 and len(shared) > 1:
        rows.append(of_all(np.array([[told[pair] for pair in shared] for told in right.values()], bool)))
    return rows


def power_to_tell(pairs: int, *, share: float = 0.7) -> float:
    """Return the chance that one reader who tells `share` of pairs right is told from chance, two-sided at 5 %, exactly."""
    told = np.arange(pairs + 1)
    chances = binom.pmf(told, pairs, CHANCE)
    p = np.array([chances[chances <= chances[k] * (1 + 1e-9)].sum() for k in told])
    return float(binom.pmf(told, pairs, share)[p <= 1 - LEVEL].sum())


def power_of_equivalence(pairs: int, *, share: float = CHANCE) -> float:
    """Return the chance that one reader who tells `share` of pairs right is shown to lie within the margin of chance, exactly."""
    inside = np.array([_inside(clopper_pearson(k, pairs, level=NARROW)) for k in range(pairs + 1)])
    return float(binom.pmf(np.arange(pairs + 1), pairs, share)[inside].sum())


def _inside(interval: Interval) -> bool:
    return interval.low > CHANCE - MARGIN and interval.high < CHANCE + MARGIN


def _around(mean: float, error: float, freedom: float, level: float) -> Interval:
    if error <= 0:
        return Interval(low=math.nan, high=math.nan, kind="none: all answers are alike")
    half = float(t.ppf((1 + level) / 2, freedom)) * error
    return Interval(low=max(mean - half, 0.0), high=min(mean + half, 1.0), kind="crossed readers and pairs")
