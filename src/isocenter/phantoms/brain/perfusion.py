"""Blood in a brain: flow, volume and delay of each place, before and behind an occluded artery, and a bolus passing through.

In:   ranges, a generator, tissues and points.
Out:  Blood: delay (s), flow relative to normal, volume, and which tissue dies; concentration at a time after injection.
Not:  no anatomy, no scanner (stroke_perfusion.py).

C(t) = flow (AIF * R)(t - delay), AIF a gamma variate, R(t) = exp(-t / MTT), MTT = volume / flow: the indicator dilution model.

Reference: Ostergaard et al., Magn Reson Med 1996; 36:715-725; Calamante, Prog Nucl Magn Reson Spectrosc 2013; 74:1-32.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.brain.head import ball_distance, step
from isocenter.phantoms.brain.waves import draw_waves

Floats = NDArray[np.float32]
STEP_S = 0.1
TRANSITS_S = np.geomspace(1.0, 40.0, 24)
LAST_S = 60.0


class Blood(Record):
    """What blood does at each fine sample (*S)."""

    delay_s: Floats
    """When it arrives, after it arrives in the artery."""
    left: Floats
    """Flow over what it is in health."""
    flow: Floats
    """mL/100 g/min."""
    volume: Floats
    """mL/100 g."""
    dead: Floats
    """Share of the sample that is infarct core now."""
    lost: Floats
    """Share that is infarct in the end."""

    @property
    def transit_s(self) -> Floats:
        """Mean transit time, s."""
        return np.asarray(60.0 * self.volume / np.maximum(self.flow, 0.5), np.float32)


class Occlusion(Record):
    """One occluded artery; side 0 = none."""

    side: int
    factor: float
    delay_s: float
    reperfused: bool


def draw_occlusion(p: Mapping[str, Any], rng: np.random.Generator, *, ill: bool) -> Occlusion:
    """Return what is occluded: a side, how much of its territory, how late blood comes, and whether flow returns in time."""
    side, factor, delay = (-1, 1)[int(rng.integers(2))], float(rng.uniform(*p["size_factor"])), float(rng.uniform(*p["delay_s"]))
    reperfused = bool(rng.random() < p["share_reperfused"])
    return Occlusion(side=side if ill else 0, factor=factor, delay_s=delay, reperfused=reperfused)


def blood_of(
    p: Mapping[str, Any],
    rng: np.random.Generator,
    occlusion: Occlusion,
    points: Floats,
    shares: Mapping[str, Floats],
    edge_mm: float,
) -> Blood:
    """Return the blood of every sample, points (3, *S) mm."""
    patchy = draw_waves(rng, p["patchy_mm"], 10).at(points)
    early, late = p["background_delay_s"]
    delay = np.asarray(early + (late - early) * (0.5 + 0.25 * draw_waves(rng, (40.0, 90.0), 6).at(points)).clip(0, 1), np.float32)
    if occlusion.side:
        center = [p["territory_mm"][0] * occlusion.side, *p["territory_mm"][1:]]
        half = [occlusion.factor * h for h in p["territory_half_mm"]]
        depth = p["wander_mm"] * draw_waves(rng, (18.0, 50.0), 10).at(points) - ball_distance(points, center, half)
        delay = np.asarray(
            delay + occlusion.delay_s * np.clip(depth / p["ramp_mm"], 0, 1) * (points[0] * occlusion.side > 0), np.float32
        )
    left = np.exp(-np.maximum(delay - late, 0) / p["flow_at_delay_s"])
    tissue = np.asarray(shares["white"] + shares["gray"] + shares["deep"], np.float32)
    mix = {
        kind: sum((p[kind][name] * share for name, share in shares.items()), np.zeros_like(tissue)) for kind in ("flow", "volume")
    }
    vigor = 1 + p["patchy"] * patchy
    dead = step(10.0 * (p["core_flow"] - left), edge_mm) * tissue  # 10 mm from one share of flow to the next whole one
    lost = dead if occlusion.reperfused else np.maximum(dead, step(delay - p["lost_delay_s"], edge_mm) * tissue)
    return Blood(
        delay_s=delay, left=np.asarray(left, np.float32), flow=np.asarray(mix["flow"] * vigor * left, np.float32),
        volume=np.asarray(mix["volume"] * vigor * np.where(left < p["core_flow"], 0.5, 1.0), np.float32),
        dead=np.asarray(dead, np.float32), lost=np.asarray(lost, np.float32),
    )  # fmt: skip


def passage(p: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return AIF * R at every transit time and time, (24, T): the bolus seen in tissue of flow 1 without delay."""
    t = np.arange(0.0, LAST_S, STEP_S)
    arterial = t ** p["bolus_rise"] * np.exp(-t / p["bolus_fall_s"])
    arterial /= arterial.sum() * STEP_S
    return np.stack([np.convolve(arterial, np.exp(-t / mtt))[: len(t)] * STEP_S for mtt in TRANSITS_S])


def concentration(blood: Blood, table: NDArray[np.float64], at_s: float, start_s: float) -> Floats:
    """Return the concentration (*S) at a time; start_s: when the bolus reaches the artery."""
    since = np.maximum(at_s - start_s - blood.delay_s, 0.0) / STEP_S
    log = np.log(blood.transit_s.clip(TRANSITS_S[0], TRANSITS_S[-1]) / TRANSITS_S[0]) / np.log(TRANSITS_S[1] / TRANSITS_S[0])
    seen = ndimage.map_coordinates(table, np.stack([log, since]), order=1, mode="nearest")
    return np.asarray(blood.flow / 60.0 * seen, np.float32)
