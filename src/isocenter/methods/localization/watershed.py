"""Watershed: binarize, split where it is narrow, count the pieces. What counting was before networks.

In:   images and dots.
Out:  points of the commonest kind; counts, divided among the kinds as in the learning cases.
Not:  no learning but of the channel, the side of the threshold, and how large an object is.

Reference: Vincent & Soille, IEEE PAMI 1991; 13:583-598; Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Cases
from isocenter.core.errors import SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.imaging.objects import foreground_of, watershed_objects
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.localization._classical import ClassicalCounter, Field, Found, common, fields, load_counter, sides
from isocenter.metrics.matching import match_points

RADII = (2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
"""Radii of an object that are tried, in samples."""


@dataclass(frozen=True, kw_only=True)
class WatershedConfig:
    """Settings of the watershed."""

    cases: int = 12
    """Learning cases channel, side and radius are chosen on, at most."""

    def __post_init__(self) -> None:
        if self.cases < 1:
            raise SettingError(f"expected cases >= 1, got {self.cases!r}.")


class Watershed:
    """Otsu's threshold, the distance to the border, a watershed."""

    card: ClassVar[Card] = Card(
        name="watershed",
        task="localization",
        answers=frozenset({"points"}),
        learned=False,
        cite="Vincent & Soille, Watersheds in digital spaces, IEEE PAMI 1991; 13:583-598.",
        differs="Channel, side of the threshold and radius are those of best F1 on learning cases; kinds are not told apart.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Nothing is chosen before the learning cases are seen."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, WatershedConfig(), {}, gigabytes=1.0, minutes_a_case=0.05)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ClassicalCounter:
        """Choose channel and side by where the dots lie, the radius by F1 of the points."""
        del tune, journal
        seen = fields(study, learn, most=plan.config(WatershedConfig).cases)
        name, bright = max(sides(seen), key=lambda side: _inside(side, seen))
        tried = [{"channel": name, "bright": bright, "radius": radius} for radius in RADII]
        best = max(tried, key=lambda chosen: _f1(chosen, seen))
        return ClassicalCounter(_pieces, {**common(study, learn), **best})

    def load(self, folder: Path) -> ClassicalCounter:
        """Return the model `save` wrote."""
        return load_counter(folder, _pieces, name=self.card.name)


def _pieces(chosen: Mapping[str, Any], samples: NDArray[np.float32]) -> Found:
    radius = float(chosen["radius"])
    foreground = foreground_of(samples, bright=bool(chosen["bright"]))
    middles, _ = watershed_objects(foreground, radius=radius, least_area=0.5 * radius**samples.ndim)
    return middles, np.asarray(float(len(middles)))


def _inside(side: tuple[str, bool], seen: list[Field]) -> float:
    """Return how much more of the dots than of the samples lies in the foreground, in [-1, 1]."""
    name, bright = side
    hits = total = 0
    shares = []
    for field in seen:
        foreground = foreground_of(field.channels[name], bright=bright)
        places = np.clip(np.round(field.places).astype(int), 0, np.asarray(foreground.shape) - 1)
        hits, total = hits + int(foreground[tuple(places.T)].sum()), total + len(places)
        shares.append(float(foreground.mean()))
    return hits / max(1, total) - float(np.mean(shares))


def _f1(chosen: Mapping[str, Any], seen: list[Field]) -> float:
    """F1 of the middles over all cases, paired within the radius tried, at least 3 samples."""
    paired = whole = 0
    for field in seen:
        middles, _ = _pieces(chosen, field.channels[chosen["channel"]])
        m = match_points(field.places, middles, radius=max(3.0, float(chosen["radius"])))
        paired, whole = paired + 2 * m.paired, whole + 2 * m.paired + m.extra + m.missed
    return paired / whole if whole else 0.0


METHOD = Watershed()
