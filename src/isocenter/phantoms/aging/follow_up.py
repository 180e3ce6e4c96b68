"""What happens after the scan: dementia, death, the end of the study, or no further visit.

In:   what is known on the day of the scan; rates; a generator.
Out:  risk: the linear predictor of a proportional hazard, and the chance of dementia within some years; Ending.
Not:  no image (slice.py).

Dementia: h(t) = rate · shape · t^(shape - 1) · exp(predictor), a Weibull baseline, so hazards are proportional in all that the
predictor holds. Death competes: a Gompertz hazard of age and sex, independent of the image given both.

Reference: Bender, Augustin & Blettner, Stat Med 2005; 24:1713-1723 (drawing times from a hazard).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record

YEAR_DAYS = 365.25


class Baseline(Record):
    """What is known on the day of the scan."""

    age_years: float
    sex: str
    loss: float
    """Share of hippocampal area lost."""
    widening: float
    """Ventricular width beyond that of youth, as a share of it."""


class Ending(Record):
    """How one follow-up ends."""

    days: float
    code: int
    """0 censored, 1 dementia, 2 death."""
    reason: str
    """dementia, death, end of study, or lost."""


def predictor(p: Mapping[str, Any], at: Baseline) -> float:
    """Return the true log hazard ratio of dementia beside a middling person."""
    effects, middle = p["effects"], p["centered_at"]
    return float(
        effects["loss"] * (at.loss - middle["loss"]) / 0.1
        + effects["widening"] * (at.widening - middle["widening"]) / 0.1
        + effects["age"] * (at.age_years - middle["age"]) / 10
        + effects["female"] * (at.sex == "F")
    )


def follow(p: Mapping[str, Any], at: Baseline, rng: np.random.Generator) -> Ending:
    """Draw how the years after the scan go: the earliest of four times."""
    unlucky, mortal, gone, closing = rng.random(4)
    first, last = p["end_years"]
    years = {
        "dementia": (-np.log(unlucky) / (p["dementia"]["a_year"] * np.exp(predictor(p, at)))) ** (1 / p["dementia"]["shape"]),
        "death": _death_years(p, at, float(mortal)),
        "lost": -np.log(gone) / p["lost_a_year"],
        "end of study": first + (last - first) * closing,
    }
    reason = min(years, key=lambda name: years[name])
    days = max(float(np.ceil(years[reason] * YEAR_DAYS)), 1.0)
    return Ending(days=days, code={"dementia": 1, "death": 2}.get(reason, 0), reason=reason)


def chance_of_dementia(p: Mapping[str, Any], at: Baseline, years: float, *, steps: int = 240) -> float:
    """Return the true chance of dementia within some years, death competing: the integral of h(t) · P(neither before t)."""
    t = (np.arange(steps) + 0.5) * years / steps
    shape, rate = p["dementia"]["shape"], p["dementia"]["a_year"] * np.exp(predictor(p, at))
    hazard = rate * shape * t ** (shape - 1)
    free = np.exp(-rate * t**shape - _death_rate(p, at) * np.expm1(p["death"]["growth"] * t) / p["death"]["growth"])
    return float((hazard * free).sum() * years / steps)


def _death_rate(p: Mapping[str, Any], at: Baseline) -> float:
    """Return the yearly hazard of death on the day of the scan."""
    aged = np.exp(p["death"]["growth"] * (at.age_years - 75))
    return float(p["death"]["a_year_at_75"] * aged * (p["death"]["male"] if at.sex == "M" else 1.0))


def _death_years(p: Mapping[str, Any], at: Baseline, uniform: float) -> float:
    """Return the time of death that a uniform draw stands for."""
    growth = p["death"]["growth"]
    return float(np.log1p(-growth * np.log(uniform) / _death_rate(p, at)) / growth)
