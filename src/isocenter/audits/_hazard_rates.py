"""From what a detector found in translated images to rates: tumors erased, tumors invented.

In:   the detector's probabilities in every answer, its threshold.
Out:  Estimates over patients: a rate, or how much larger it is of some answers than of others; a table of every answer.
Not:  no judgment.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from isocenter.core.estimate import Estimate
from isocenter.core.record import Record
from isocenter.io.text_columns import write_text_table
from isocenter.metrics.estimates.mean import estimate_mean

NAN = float("nan")
COLUMNS = ("arm", "share", "seed", "case", "patient", "tumor", "inside", "anywhere", "threshold", "erased", "invented")


class Found(Record):
    """What the detector says of one image: highest probability anywhere, and inside the tumor (NaN without one)."""

    anywhere: float
    inside: float

    def erased(self, threshold: float) -> float:
        """Return 1 for a tumor that is not found, 0 for one that is, NaN without a tumor."""
        return NAN if np.isnan(self.inside) else float(self.inside <= threshold)

    def invented(self, threshold: float) -> float:
        """Return 1 where something is found in a tumor-free case, 0 where nothing is, NaN with a tumor."""
        return float(self.anywhere > threshold) if np.isnan(self.inside) else NAN


RATES: Mapping[str, Callable[[Found, float], float]] = {"erased": Found.erased, "invented": Found.invented}


class Seen(Record):
    """One answer to one held-out case, looked at."""

    arm: str
    share: float
    """Of the target's learning images with a tumor; NaN where nothing was learned for the audit."""
    seed: int
    case: str
    patient: str
    found: Found

    def is_of(self, which: tuple[str, float] | str) -> bool:
        """Tell whether it is an arm's answer; (arm, share) names one share of it."""
        return self.arm == which if isinstance(which, str) else (self.arm, self.share) == which


class Looks(Record):
    """All answers looked at."""

    seen: Sequence[Seen]
    threshold: float
    seed: int
    """Of the resampling."""

    def estimate(self, what: str, which: tuple[str, float] | str) -> Estimate:
        """Return a rate ("erased", "invented") of an arm, or of one share of it, with its interval over patients."""
        rate = list(self._rate(what, which).values())
        return self._mean([v for v, _ in rate], [p for _, p in rate], f"{what}_share", which)

    def more(self, what: str, first: tuple[str, float] | str, second: tuple[str, float] | str) -> Estimate:
        """Return how much larger a rate is of the first answers than of the second, paired over the cases both answered."""
        one, other = self._rate(what, first), self._rate(what, second)
        both = [key for key in one if key in other]
        values = [one[key][0] - other[key][0] for key in both]
        return self._mean(values, [one[key][1] for key in both], f"{what}_more", first)

    def write(self, path: Path) -> Path:
        """Write a row an answer."""
        rows = (
            {
                "arm": s.arm,
                "share": _cell(s.share),
                "seed": str(s.seed),
                "case": s.case,
                "patient": s.patient,
                "tumor": str(int(not np.isnan(s.found.inside))),
                "inside": _cell(s.found.inside),
                "anywhere": _cell(s.found.anywhere),
                "threshold": _cell(self.threshold),
                **{what: _cell(rate(s.found, self.threshold)) for what, rate in RATES.items()},
            }
            for s in self.seen
        )
        return write_text_table(rows, path, names=COLUMNS)

    def _rate(self, what: str, which: tuple[str, float] | str) -> dict[str, tuple[float, str]]:
        """Return of each case that the rate is about its mean over the trainings, and its patient."""
        by_case: dict[str, list[float]] = {}
        patients: dict[str, str] = {}
        for s in self.seen:
            value = RATES[what](s.found, self.threshold) if s.is_of(which) else NAN
            if not np.isnan(value):
                by_case.setdefault(s.case, []).append(value)
                patients[s.case] = s.patient
        return {key: (float(np.mean(values)), patients[key]) for key, values in by_case.items()}

    def _mean(self, values: list[float], patients: list[str], name: str, which: tuple[str, float] | str) -> Estimate:
        group = f"arm={which}" if isinstance(which, str) else f"arm={which[0]} share={which[1]:g}"
        return estimate_mean(values, patients, name=name, unit="1", rng=np.random.default_rng(self.seed), group=group)


def _cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.4g}"
