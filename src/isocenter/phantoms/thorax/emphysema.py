"""Emphysema: which voxels of the lungs are holes, so many that a region's share is the one asked for.

In:   depth below the pleura, parameters, a generator, pattern and share of each side.
Out:  holes on the fine box (bool), their mask on the coarse one, their density.
Not:  no scores (scores.py), no HU of healthy lung.

A pattern is a landscape: bumps of 4-6 mm in clusters (centrilobular), cysts in a band under the pleura (paraseptal), a broad swell
(panlobular). Holes are where it is above a level, and the level is the order statistic that gives the share wanted; so a larger
share holds every hole of a smaller one.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.tomograph.box import Array, Box
from isocenter.phantoms.tomograph.fields import smooth_field
from isocenter.phantoms.tomograph.filling import fill

PATTERNS = ("centrilobular", "paraseptal", "panlobular")
Bools = NDArray[np.bool_]


class Disease(Record):
    """What a patient has, before it is drawn."""

    main: str | None
    """Leading pattern; None when healthy."""
    other: str | None
    """A second pattern with a third of the extent."""
    right: float
    """Share of the right upper region wanted, in [0, 1]."""
    left: float


class Holes(Record):
    """Emphysema as drawn."""

    fine: Bools
    """On the fine box."""
    labels: NDArray[np.uint8]
    """On the coarse box: 0, or 1 + index in PATTERNS. A voxel is a hole when at least half of its lung-filled finer voxels are."""
    hu: Array
    """Density of the holes on the fine box, HU."""


def draw_disease(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> Disease:
    """Draw presence, pattern and extent; options fix any of them, and the draws stay the same."""
    coins, band, within, slants = rng.random(5), rng.random(), rng.random(), rng.standard_normal(2)
    asked = options["disease"] if options["disease"] is not None or options["extent"] is None else float(options["extent"]) > 0
    if not (bool(coins[0] < p["share_disease"]) if asked is None else bool(asked)):
        return Disease(main=None, other=None, right=0.0, left=0.0)
    names, weights = list(p["patterns"]), np.cumsum(list(p["patterns"].values()))
    main = options["pattern"] or names[int(np.searchsorted(weights, coins[1] * weights[-1]))]
    rest = [name for name in names if name != main]
    mixed = coins[2] < p["share_mixed"] and options["pattern"] is None
    shares = np.cumsum(p["extent_shares"])
    low, high = ((0.012, 0.05), (0.06, 0.25), (0.26, 0.50), (0.51, 0.75), (0.76, 0.95))[
        int(np.searchsorted(shares, band * shares[-1]))
    ]
    middle = np.log((e := low + within * (high - low)) / (1 - e))
    right, left = (1 / (1 + np.exp(-(middle + p["side_spread"] * slants)))).tolist()
    if coins[3] < p["share_one_sided"]:
        right, left = (0.0, left) if coins[4] < 0.5 else (right, 0.0)
    if options["extent"] is not None:
        right = left = float(options["extent"])
    return Disease(main=main, other=rest[int(coins[4] * 2) % 2] if mixed else None, right=right, left=left)


def draw_holes(
    p: Mapping[str, Any], box: Box, times: int, depth: Array, free: Bools, region: Mapping[str, Bools], disease: Disease,
    seed: np.random.SeedSequence, height: Array,
) -> Holes:  # fmt: skip
    """Draw the holes.

    depth  : below the pleura on the fine box, mm
    free   : where the fine box is lung and no vessel
    region : "right", "left": upper regions on the coarse box (what the share is of); "right_side", "left_side": whole lungs
    height : of each fine voxel, mm below the top of the lungs (broadcasts); centrilobular holes thin out downward
    """
    labels = np.zeros(box.shape, np.uint8)
    fine = np.zeros(box.finer(times).shape, bool)
    hu = np.full(fine.shape, p["hole_hu"]["centrilobular"][0], np.float32)
    if disease.main is None:
        return Holes(fine=fine, labels=labels, hu=hu)
    streams = dict(zip(PATTERNS, seed.spawn(len(PATTERNS)), strict=True))
    share_of = {disease.main: 1.0 if disease.other is None else 0.67, disease.other: 0.33}
    for name in PATTERNS:
        if name not in share_of or name is None:
            continue
        rng = np.random.default_rng(streams[name])
        land = _landscape(p, box.finer(times), depth, height, name, rng)
        low, high = p["hole_hu"][name]
        density = np.float32(rng.uniform(low, high))
        land[~free | fine] = -np.inf
        for side, wanted in (("right", disease.right), ("left", disease.left)):
            if wanted <= 0:
                continue
            free_here = labels == 0
            count = max(round(wanted * share_of[name] * int(region[side].sum())), 1)
            filled = fill(box, times, land, count, region[side] & free_here, region[f"{side}_side"] & free_here)
            labels[filled.coarse] = 1 + PATTERNS.index(name)
            fine |= filled.fine
            hu[filled.fine] = density
    return Holes(fine=fine, labels=labels, hu=hu)


def _landscape(p: Mapping[str, Any], fine: Box, depth: Array, height: Array, name: str, rng: np.random.Generator) -> Array:
    """Return the landscape of one pattern on the fine box."""
    length = float(rng.uniform(*p["lesion_mm"][name]))
    bumps = smooth_field(fine, rng, length)
    if name == "panlobular":
        return np.asarray(bumps + 0.25 * smooth_field(fine, rng, 6.0), np.float32)
    if name == "paraseptal":
        under = np.clip(depth / p["band_mm"], 0, 3)
        rows = 0.9 * smooth_field(fine, rng, 24.0)
        return np.asarray(0.75 * bumps + rows - 4.0 * np.maximum(under - 0.75, 0), np.float32)
    clusters = smooth_field(fine, rng, 22.0)
    away = np.clip(depth / 4.0, 0, 1)  # centers of lobules keep off the pleura
    return np.asarray(bumps + 0.2 * clusters + 0.5 * away + 0.006 * height, np.float32)
