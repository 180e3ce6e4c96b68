"""Spots of white matter: how many, how large, where, and which samples of a volume each fills.

In:   ranges, places, a generator; then the frame and the tissues.
Out:  Lesions drawn; the share of every fine sample each kind fills; the samples of the picture that belong to each.
Not:  no signal, no raters; no diagnoses (lesions.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.brain.head import step
from isocenter.phantoms.brain.lesions import Lesion, Places
from isocenter.phantoms.brain.pictures import Frame
from isocenter.phantoms.brain.scan import average
from isocenter.phantoms.brain.waves import draw_waves

Floats = NDArray[np.float32]
Window = tuple[slice, slice, slice]


class Spots(Record):
    """Lesions and what they fill."""

    filled: Mapping[str, Floats]
    """Share of every fine sample, by kind."""
    numbers: NDArray[np.int32]
    """(X, Y, Z) of the picture: 0, or 1 + the place of the lesion among `kept`."""
    kept: tuple[Lesion, ...]
    """Lesions that have samples of their own."""


def draw_spots(p: Mapping[str, Any], places: Places, rng: np.random.Generator, *, ill: bool, age: float) -> list[Lesion]:
    """Return a person's lesions, and lacunes beside them: many in the ill, those of age in the healthy."""
    if ill:
        number = int(rng.poisson(p["lesions"] * rng.gamma(p["dispersion"], 1 / p["dispersion"]))) + 1
        diameters = p["diameter_median_mm"] * np.exp(p["diameter_spread"] * rng.normal(size=min(number, p["most"])))
        low, high = p["diameter_mm"]
    else:
        mean = p["healthy_at_60"] * 2.0 ** ((age - 60.0) / p["healthy_doubling_years"])
        low, high = p["healthy_mm"]
        diameters = rng.uniform(low, high, min(int(rng.poisson(mean)), p["most"]))
    spots: list[Lesion] = []
    for diameter in np.sort(diameters.clip(low, high))[::-1]:  # the large ones first, while there is room
        dark = rng.random() < 1 / (1 + np.exp(-p["plaque_slope"] * (diameter - p["plaque_from_mm"])))
        _add(p, spots, places, rng, "plaque" if dark else "wml", float(diameter), p["near_share"])
    return [*spots, *draw_lacunes(p, places, rng)]


def draw_lacunes(p: Mapping[str, Any], places: Places, rng: np.random.Generator) -> list[Lesion]:
    """Return old holes filled with fluid, which look like what they are not in some sequences."""
    spots: list[Lesion] = []
    for _ in range(int(rng.poisson(p["lacunes"]))):
        _add(p, spots, places, rng, "lacune", float(rng.uniform(*p["lacune_mm"])), 0.2)
    return spots


def fill_spots(p: Mapping[str, Any], frame: Frame, shares: Mapping[str, Floats], spots: Sequence[Lesion], edge_mm: float) -> Spots:
    """Return what every lesion fills of white matter; a lacune has no number."""
    filled: dict[str, Floats] = {}
    numbers = np.zeros(frame.grid.shape, np.int32)
    best = np.zeros(frame.grid.shape, np.float32)
    kept: list[Lesion] = []
    for lesion in spots:
        held = _window(frame, lesion)
        if held is None:
            continue
        fine, coarse = held
        share = np.asarray(step(lesion.signed_mm(frame.points[(slice(None), *fine)]), edge_mm) * shares["white"][fine], np.float32)
        for kind in filled:
            if kind != lesion.kind:
                share = np.minimum(share, 1 - filled[kind][fine])
        total = filled.setdefault(lesion.kind, np.zeros(frame.points.shape[1:], np.float32))
        np.maximum(total[fine], share, out=total[fine])
        if lesion.kind == "lacune":
            continue
        part = average(share, frame.sampling.factor)
        mine = part >= 0.5
        if not mine.any() and part.max() >= p["least_share"]:
            mine = part == part.max()
        mine &= part > best[coarse]
        if mine.any():
            kept.append(lesion)
            numbers[coarse][mine], best[coarse][mine] = len(kept), part[mine]
    there = [k for k in range(1, len(kept) + 1) if (numbers == k).any()]  # a later one may have taken all of an earlier one's
    order = np.zeros(len(kept) + 1, np.int32)
    order[there] = np.arange(1, len(there) + 1)
    return Spots(filled=filled, numbers=order[numbers], kept=tuple(kept[k - 1] for k in there))


def _add(
    p: Mapping[str, Any], spots: list[Lesion], places: Places, rng: np.random.Generator, kind: str, diameter: float, near: float
) -> None:
    radius = diameter / 2
    place = places.take(radius, near_share=near)
    if place is not None:
        center = place + rng.uniform(-1.2, 1.2, 3)  # places lie on planes
        border = draw_waves(rng, (1.2 * radius, 3.0 * radius), 8)
        spots.append(Lesion(kind=kind, center=center, radius_mm=radius, border=border, wobble=p["lesion_wobble"]))


def _window(frame: Frame, lesion: Lesion) -> tuple[Window, Window] | None:
    """Return the box a lesion may fill, on the fine samples and on those of the picture; None = it is not in the frame."""
    reach = lesion.radius_mm * (1 + 3 * lesion.wobble) + max(frame.sampling.fine_mm)
    x, y = frame.points[0, :, :, 0], frame.points[1, :, :, 0]  # a head is turned about Z alone
    near = (x - lesion.center[0]) ** 2 + (y - lesion.center[1]) ** 2 <= reach**2
    level = np.abs(frame.points[2, 0, 0] - lesion.center[2]) <= reach
    fine, coarse = [], []
    for inside, factor in zip((near.any(1), near.any(0), level), frame.sampling.factor, strict=True):
        held = np.flatnonzero(inside)
        if not len(held):
            return None
        low, high = held[0] // factor, held[-1] // factor + 1
        coarse.append(slice(int(low), int(high)))
        fine.append(slice(int(low * factor), int(high * factor)))
    return (fine[0], fine[1], fine[2]), (coarse[0], coarse[1], coarse[2])
