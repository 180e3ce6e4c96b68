"""Where to draw the line: a threshold chosen on tuning cases, and what it does on others.

In:   scores and truth; of the test also the patient of each case.
Out:  OperatingPoint; Estimates of sensitivity and specificity.
Not:  no choice on test cases: the two steps are two functions, so that the threshold cannot see what it is judged by.
Reference: Youden, Cancer 1950; 3:32. Interval: Wilson 1927, or clustered, Obuchowski, Stat Med 1998; 17:1495.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.errors import StudyError
from isocenter.core.estimate import Estimate
from isocenter.core.record import Record
from isocenter.metrics.estimates.clustered_share import share_interval
from isocenter.metrics.estimates.mean import noted

Rule = Literal["sensitivity", "specificity", "youden"]


class OperatingPoint(Record):
    """A threshold and how it was chosen. A case is called when its score is the threshold or above."""

    threshold: float
    rule: Rule
    stated: float
    """The sensitivity or specificity asked for; NaN for Youden's."""
    sensitivity: float
    """Reached on the tuning cases, which flatter it."""
    specificity: float
    positives: int
    """Tuning cases it was chosen on."""
    negatives: int


def choose_threshold(
    scores: NDArray[np.floating], positive: NDArray[np.bool_], *, rule: Rule = "sensitivity", stated: float = 0.9
) -> OperatingPoint:
    """Return the operating point of tuning cases.

    Parameters
    ----------
    scores : (N,)
        Larger = more likely. Cases of NaN are left out.
    positive : (N,)
        bool.
    rule : {"sensitivity", "specificity", "youden"}
        The highest threshold that still reaches the stated sensitivity; the lowest that reaches the stated specificity; or the
        one of the largest sensitivity + specificity - 1.
    stated : float in (0, 1]
        Not used by Youden's rule. StudyError outside.

    Returns
    -------
    OperatingPoint; the threshold lies half-way between two scores that occur, so that rounding moves nobody across. StudyError
    unless both classes are present.
    """
    if rule not in ("sensitivity", "specificity", "youden"):
        raise StudyError(f"expected rule sensitivity, specificity or youden, got {rule!r}.")
    if rule != "youden" and not 0.0 < stated <= 1.0:
        raise StudyError(f"expected a stated {rule} above 0 and at most 1, got {stated}.")
    known = np.isfinite(np.asarray(scores, float))
    score, sign = np.asarray(scores, float)[known], np.asarray(positive, bool)[known]
    if sign.all() or not sign.any():
        raise StudyError("expected tuning cases with and without it, got one kind only. Choose the threshold on more cases.")
    levels = np.unique(score)
    lines = np.concatenate([[levels[0]], (levels[1:] + levels[:-1]) / 2.0, [np.nextafter(levels[-1], np.inf)]])  # ascending
    # How many score below each line, of either kind.
    missed, free = (np.searchsorted(np.sort(score[kind]), lines, side="left") / kind.sum() for kind in (sign, ~sign))
    found = 1.0 - missed
    near = 1e-12
    if rule == "sensitivity":
        place = int(np.flatnonzero(found >= stated - near).max())
    elif rule == "specificity":
        place = int(np.flatnonzero(free >= stated - near).min())
    else:
        place = int(np.argmax(found + free))
    return OperatingPoint(
        threshold=float(lines[place]),
        rule=rule,
        stated=math.nan if rule == "youden" else stated,
        sensitivity=float(found[place]),
        specificity=float(free[place]),
        positives=int(sign.sum()),
        negatives=int((~sign).sum()),
    )


def judge_threshold(
    scores: NDArray[np.floating],
    positive: NDArray[np.bool_],
    patients: Sequence[Any] | NDArray[Any],
    *,
    threshold: float,
    who: str = "model",
    part: str = "test",
    target: str = "",
) -> list[Estimate]:
    """Return sensitivity, specificity and the two predictive values of other cases at a threshold that was fixed before.

    Parameters
    ----------
    scores : (N,)
        Cases of NaN are excluded and counted.
    positive : (N,)
        bool.
    patients : (N,)
        The patient of each case.
    threshold : float
        A case is called from it on.
    who, part, target : str
        Copied into the Estimates.

    Returns
    -------
    Estimates; Wilson's interval where each patient has one case, else clustered; NaN below 10 patients.
    """
    score, sign, people = np.asarray(scores, float), np.asarray(positive, bool), np.asarray(patients, dtype=str)
    known = np.isfinite(score)
    called = score >= threshold
    shares = {
        "sensitivity": (known & sign, called),
        "specificity": (known & ~sign, ~called),
        "positive_predictive_value": (known & called, sign),
        "negative_predictive_value": (known & ~called, ~sign),
    }
    return [
        estimate_share(right[asked], people[asked], name=name, excluded=int((~known).sum()), who=who, part=part, target=target)
        for name, (asked, right) in shares.items()
    ]


def estimate_share(
    successes: ArrayLike,
    patients: Sequence[Any] | NDArray[Any],
    *,
    name: str,
    excluded: int = 0,
    who: str = "model",
    part: str = "tune",
    target: str = "",
) -> Estimate:
    """Return a share of cases with its interval over patients; value NaN without cases.

    successes                         : (N,) bool
    patients                          : (N,)
    name, excluded, who, part, target : copied into the Estimate
    """
    hit = np.asarray(successes, float).reshape(-1)
    people = np.asarray(patients, dtype=str).reshape(-1)
    count = len(np.unique(people))
    interval = noted(share_interval(hit, people), count)
    return Estimate(
        name=name,
        value=float(hit.mean()) if hit.size else math.nan,
        unit="1",
        ci95=interval.ends,
        interval=interval.kind,
        patients=count,
        cases=int(hit.size),
        excluded=excluded,
        who=who,
        part=part,
        target=target,
    )
