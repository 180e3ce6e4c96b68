"""The beat: how far a ventricle has emptied at each time after end diastole.

In:   parameters, a generator, a heart rate.
Out:  Beat; the state of contraction, 0 at end diastole, 1 at end systole.
Not:  no shape (ventricles.py).

Isovolumic contraction, ejection, isovolumic relaxation, early filling, diastasis, atrial contraction. At a high rate diastole is
short: its parts are squeezed alike once diastasis is gone, so that early filling runs into the atrium's.

Reference: Weissler, Harris & Schoenfeld, Circulation 1968; 37:149-159 (length of systole); Guyton & Hall, Textbook of Medical
Physiology (the parts of a beat).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class Beat(Record):
    """The timing of one person's beat, s; filling as shares of what is ejected."""

    period_s: float
    systole_s: float
    """From end diastole to end systole."""
    isovolumic_s: float
    """The first part of it, in which hardly anything moves."""
    relaxation_s: float
    early_s: float
    atrial_s: float
    early_share: float
    """Of the stroke volume, filled early."""
    slow_share: float
    """Filled between early filling and the atrium's contraction, where there is time for it."""

    @property
    def diastasis_s(self) -> float:
        """How long the ventricle rests; 0 at a high rate."""
        return max(self.period_s - self.systole_s - self.relaxation_s - self.early_s - self.atrial_s, 0.0)


def draw_beat(p: Mapping[str, Any], rng: np.random.Generator, rate: float, age: float) -> Beat:
    """Draw the timing at a heart rate (beats a minute); older ventricles fill later."""
    systole, isovolumic, relaxation, early, atrial = (float(rng.normal()) for _ in range(5))
    base, per_beat, spread = p["systole_ms"]
    parts = [p[name][0] + p[name][1] * draw for name, draw in (
        ("isovolumic_ms", isovolumic), ("relaxation_ms", relaxation), ("early_ms", early), ("atrial_ms", atrial)
    )]  # fmt: skip
    period, contracting = 60.0 / rate, (base + per_beat * rate + spread * systole) / 1000
    rest = period - contracting
    squeeze = min(1.0, rest / (sum(parts[1:]) / 1000))
    at_20, per_year, wide = p["early_share"]
    return Beat(
        period_s=period, systole_s=contracting, isovolumic_s=parts[0] / 1000, relaxation_s=parts[1] / 1000 * squeeze,
        early_s=parts[2] / 1000 * squeeze, atrial_s=parts[3] / 1000 * squeeze,
        early_share=float(np.clip(at_20 + per_year * (age - 20) + wide * rng.normal(), 0.35, 0.85)),
        slow_share=float(p["slow_share"]),
    )  # fmt: skip


def contraction(beat: Beat, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the stroke volume that is out at times (T,) after end diastole; any time, as beats follow each other.

    0 only at end diastole and 1 only at end systole: the isovolumic parts move by 1.5 %, as a slice through them does.
    """
    t = np.mod(np.asarray(time_s, np.float64), beat.period_s)
    slow = beat.slow_share if beat.diastasis_s > 0 else 0.0
    left = 0.985 - beat.early_share * (0.985 - slow)  # out, after early filling
    ends = np.cumsum([beat.isovolumic_s, beat.systole_s - beat.isovolumic_s, beat.relaxation_s, beat.early_s, beat.diastasis_s])
    levels = ((0.0, 0.015), (0.015, 1.0), (1.0, 0.985), (0.985, left), (left, left - slow), (left - slow, 0.0))
    bends = (1.0, 0.85, 1.0, 0.8, 1.0, 1.0)
    starts = [0.0, *ends]
    stops = [*ends, beat.period_s]
    out = np.zeros_like(t)
    for start, stop, (first, last), bend in zip(starts, stops, levels, bends, strict=True):
        inside = (t >= start) & (t < stop)
        along = ((t[inside] - start) / max(stop - start, 1e-9)) ** bend
        out[inside] = first + (last - first) * (0.5 - 0.5 * np.cos(np.pi * along))
    return out
