"""Watershed: binarize, split where it is narrow, count the pieces. What counting was before networks.

In:   images and dots.
Out:  points of the commonest kind; counts, divided among the kinds as in the learning cases.
Not:  no learning but of the channel, the side of the threshold, and how large an object is.

Reference: Vincent & Soille, IEEE PAMI 1991; 13:583-598; Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import center_of_mass

from isocenter.core.case import Cases
from isocenter.core.errors import SettingError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.imaging.otsu import otsu_foreground
from isocenter.imaging.watershed import split_objects
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._places import learned_points
from isocenter.methods._radius import radius_of, size_of
from isocenter.methods.localization._classical import ClassicalCounter, Field, Found, common, fields, load_counter, sides
from isocenter.metrics.matching import match_points
from isocenter.metrics.per_case.point_f1 import RADIUS

DEPTHS = (0.5, 0.75, 1.0, 1.5, 2.5, 4.0)
"""Depths of a saddle between two objects that are tried, in samples."""
DUST = (0.0, 0.1, 0.25, 0.5)
"""Shares of the median area below which a piece is dust, tried."""


@dataclass(frozen=True, kw_only=True)
class WatershedConfig:
    """Settings of the watershed."""

    cases: int = 12
    """Learning cases channel, side, depth and least area are chosen on, at most."""
    radius: float = RADIUS
    """World units within which a piece is a true point where depth and least area are chosen."""

    def __post_init__(self) -> None:
        if self.cases < 1 or self.radius <= 0:
            raise SettingError(f"expected cases >= 1 and radius > 0, got {self.cases!r} and {self.radius!r}.")


class Watershed:
    """Otsu's threshold, the distance to the border, a watershed."""

    card = Card(
        name="watershed",
        task="localization",
        answers=frozenset({"points"}),
        learned=False,
        cite="Vincent & Soille, Watersheds in digital spaces, IEEE PAMI 1991; 13:583-598.",
        differs="Channel, side, depth and least area are those that fit the learning cases; kinds are not told apart.",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Nothing is chosen before the learning cases are seen; what it takes follows from their size."""
        del minutes, gigabytes
        looked = min(int(fingerprint.get("cases", 0)), WatershedConfig.cases)
        sizes = [float(np.prod(shape)) for shape in fingerprint.get("shapes", ())]
        a_case = _seconds(float(np.mean(sizes)), int(fingerprint.get("dims", 2))) / 60 if sizes else 0.0
        share = 1 + len(DEPTHS) * looked / max(1, int(fingerprint.get("cases", 0)))  # each once to answer, some at every depth
        target = learned_points(study)
        within = radius_of(study, target, size=size_of(fingerprint, target))
        config, why = WatershedConfig(radius=within.value), {"radius": within.why}
        return baseline_plan(self.card, study, fingerprint, config, why, gigabytes=1.0, minutes_a_case=a_case * share)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ClassicalCounter:
        """Choose channel and side by where the dots lie, depth and least area by F1 of the points."""
        del tune, journal
        config = plan.config(WatershedConfig)
        chosen = choose_pieces(study, learn, most=config.cases, radius=config.radius)
        return ClassicalCounter(pieces_of, {**common(study, learn), **chosen})

    def load(self, folder: Path) -> ClassicalCounter:
        """Return the model `save` wrote."""
        return load_counter(folder, pieces_of, name=self.card.name)


def choose_pieces(study: Study, learn: Cases, *, most: int, radius: float) -> dict[str, Any]:
    """Return channel, side, depth and least area: the first two by where the dots lie, the others by F1 of the points.

    most   : learning cases looked at
    radius : world units within which a piece is a true point
    """
    seen = fields(study, learn, most=most)
    name, bright = max(sides(seen), key=lambda side: _inside(side, seen))
    best = max((_judged(seen, name, depth, bright=bright, radius=radius) for depth in DEPTHS), key=lambda found: found[0])
    return {"channel": name, "bright": bright, "depth": best[1], "least_area": best[2]}


def pieces_of(chosen: Mapping[str, Any], samples: NDArray[np.float32]) -> Found:
    """Return the middles (N, d) of the pieces of one channel (*S), in samples, and how many they are."""
    middles, areas = _split(samples, float(chosen["depth"]), bright=bool(chosen["bright"]))
    kept = middles[areas >= float(chosen["least_area"])]
    return kept, np.asarray(float(len(kept)))


def _seconds(samples: float, axes: int) -> float:
    """Return about what one split of so many samples takes, measured on one core of 2026."""
    return samples * (1.6e-6 if axes < 3 else 2.5e-6)


def _split(samples: NDArray[np.float32], depth: float, *, bright: bool) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return middles (N, d) in samples and areas (N,) of all pieces."""
    pieces = split_objects(otsu_foreground(samples, bright=bright), depth=depth)
    areas = np.bincount(pieces.ravel())[1:]
    middles = center_of_mass(np.ones_like(pieces), pieces, np.arange(1, len(areas) + 1))
    return np.asarray(middles, float).reshape(-1, samples.ndim), np.asarray(areas, np.intp)


def _inside(side: tuple[str, bool], seen: list[Field]) -> float:
    """Return how much more of the dots than of the samples lies in the foreground, in [-1, 1]."""
    name, bright = side
    hits = total = 0
    shares = []
    for field in seen:
        foreground = otsu_foreground(field.channels[name], bright=bright)
        places = np.clip(np.round(field.places).astype(int), 0, np.asarray(foreground.shape) - 1)
        hits, total = hits + int(foreground[tuple(places.T)].sum()), total + len(places)
        shares.append(float(foreground.mean()))
    return hits / max(1, total) - float(np.mean(shares))


def _judged(seen: list[Field], name: str, depth: float, *, bright: bool, radius: float) -> tuple[float, float, float]:
    """Return (F1, depth, least area) of the best least area, over all cases."""
    found = [_split(field.channels[name], depth, bright=bright) for field in seen]
    usual = float(np.median(np.concatenate([areas for _, areas in found]))) if any(len(a) for _, a in found) else 0.0
    return max((_f1(seen, found, share * usual, radius=radius), depth, share * usual) for share in DUST)


def _f1(seen: list[Field], found: list[tuple[NDArray[np.float64], NDArray[np.intp]]], least: float, *, radius: float) -> float:
    """F1 of the middles over all cases, paired as the metric pairs them."""
    paired = whole = 0
    for field, (middles, areas) in zip(seen, found, strict=True):
        kept = middles[areas >= least]
        m = match_points(field.grid.to_world(field.places), field.grid.to_world(kept), radius=radius)
        paired, whole = paired + 2 * m.paired, whole + 2 * m.paired + m.extra + m.missed
    return paired / whole if whole else 0.0


METHOD = Watershed()
