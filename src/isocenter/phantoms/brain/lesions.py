"""What is wrong with a brain: which lesions a diagnosis brings, where they lie, which voxels they fill.

In:   a head, a diagnosis, an age, a generator; then points.
Out:  Lesions with kind, place, radius; the share of each voxel every kind fills.
Not:  no signal; no perivascular spaces (spaces.py).

Every diagnosis shares the ranges of place and size with its look-alike, so that the one thing that tells them apart is signal:
stroke is seen in diffusion alone; tumor and swelling differ in uptake of contrast agent alone; vascular (a scar that is dark in T1,
a lesion bright in FLAIR) and inflammatory (a plaque that is both, a wet spot that is neither) differ in where dark and bright meet.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.brain.head import VENTRICLE, Head, step, tissue_shares, tube_distance
from isocenter.phantoms.brain.waves import Waves, draw_waves

Floats = NDArray[np.float32]

DIAGNOSES = ("healthy", "stroke", "tumor", "swelling", "vascular", "inflammatory")
KINDS = ("wml", "lacune", "scar", "plaque", "wet", "stroke", "edema", "core")
"""Kinds of lesion, later ones drawn over earlier ones."""
FOCAL = {"vascular": ("scar", "wml"), "inflammatory": ("plaque", "wet")}


class Lesion(Record):
    """One lesion: a ball with a wandering border."""

    kind: str
    center: NDArray[np.float64]
    """(3,) mm in the head."""
    radius_mm: float
    border: Waves
    wobble: float

    def signed_mm(self, points: Floats) -> Floats:
        """Return the distance (*S) mm of points (3, *S) inside the border; below 0 outside."""
        offset = points - self.center.astype(np.float32).reshape(3, *(1,) * (points.ndim - 1))
        radius, wobble = np.float32(self.radius_mm), np.float32(self.wobble)
        signed = np.asarray(radius - np.sqrt((offset**2).sum(0)), np.float32)
        near = signed > -2 * radius  # the border cannot wander further
        signed[near] += radius * wobble * self.border.at(points[:, near])
        return signed


class Places:
    """Where lesions may lie: white matter near a level, not too near one another."""

    def __init__(self, head: Head, level_mm: float, spread_mm: float, rng: np.random.Generator) -> None:
        levels = level_mm + np.linspace(-spread_mm, spread_mm, 3 if spread_mm < 5 else 9)
        grid = np.meshgrid(np.arange(-66.0, 67.0, 3.0), np.arange(-87.0, 88.0, 3.0), levels, indexing="ij")
        self.points = np.stack(grid).astype(np.float32).reshape(3, -1)
        self.white = tissue_shares(head, self.points, 1.0)["white"] > 0.9
        half = np.concatenate([np.abs(self.points[:1]), self.points[1:]])
        self.near = np.asarray(tube_distance(half, VENTRICLE, head.ventricle) < 9.0)  # where white matter lesions gather
        self.rng = rng
        self.taken: list[tuple[NDArray[np.float64], float]] = []

    def take(self, radius_mm: float, *, near_share: float = 0.0, gap_mm: float = 2.0) -> NDArray[np.float64] | None:
        """Return a free place (3,) for a lesion, None when 60 tries found none; near_share: how often beside a ventricle."""
        beside = self.rng.random() < near_share
        allowed = np.flatnonzero(self.white & (self.near if beside else ~self.near))
        if not len(allowed):
            allowed = np.flatnonzero(self.white)
        for _ in range(60 if len(allowed) else 0):
            place = self.points[:, allowed[int(self.rng.integers(len(allowed)))]].astype(np.float64)
            if all(np.linalg.norm(place - other) > radius_mm + r + gap_mm for other, r in self.taken):
                self.taken.append((place, radius_mm))
                return place
        return None


def draw_lesions(
    p: Mapping[str, Any], places: Places, rng: np.random.Generator, diagnosis: str, age: float, *, slice_only: bool
) -> list[Lesion]:
    """Return the lesions of one person: those of the diagnosis, and those that come with age in every diagnosis.

    slice_only : the picture is one slice: age brings a fifth of what it brings to a volume, at most 6
    """
    lesions: list[Lesion] = []

    def add(kind: str, radius: float, place: NDArray[np.float64] | None) -> None:
        if place is not None:
            border = draw_waves(rng, (1.2 * radius, 3.0 * radius), 8)
            lesions.append(Lesion(kind=kind, center=place, radius_mm=radius, border=border, wobble=p["lesion_wobble"]))

    ranges = p["radius_mm"]
    if diagnosis == "stroke":
        radius = float(rng.uniform(*ranges["stroke"]))
        add("stroke", radius, places.take(radius))
    if diagnosis in ("tumor", "swelling"):
        radius, inner = float(rng.uniform(*ranges["edema"])), float(rng.uniform(*ranges["core"]))
        place = places.take(radius)
        add("edema", radius, place)
        add("core", inner, place)
    if diagnosis in FOCAL:
        for _ in range(int(rng.integers(p["focal_pairs"][0], p["focal_pairs"][1] + 1))):
            for kind in FOCAL[diagnosis]:
                radius = float(rng.uniform(*ranges["focal"]))
                add(kind, radius, places.take(radius))
    many = float(np.exp(np.log(2) * (age - 60.0) / p["white_lesions_doubling_years"]))
    share = 0.2 if slice_only else 1.0
    most = 6 if slice_only else 40
    for kind, mean, near in (("wml", p["white_lesions_at_60"], 0.6), ("lacune", p["lacunes_at_60"], 0.2)):
        for _ in range(min(int(rng.poisson(5 * share * mean * many)), most)):
            radius = float(rng.uniform(*ranges[kind]))
            add(kind, radius, places.take(radius, near_share=near))
    return lesions


def fill(lesions: Sequence[Lesion], shares: Mapping[str, Floats], points: Floats, edge_mm: float) -> dict[str, Floats]:
    """Return how much of each sample (*S) every kind present fills; only stroke and core grow over gray matter, none over fluid."""
    found: dict[str, Floats] = {}
    for kind in KINDS:
        own = [lesion for lesion in lesions if lesion.kind == kind]
        if not own:
            continue
        share = np.zeros(points.shape[1:], np.float32)
        for lesion in own:
            np.maximum(share, step(lesion.signed_mm(points), edge_mm), out=share)
        tissue = shares["white"] + (shares["gray"] + shares["deep"] if kind in ("stroke", "core") else 0)
        share = np.asarray(share * tissue, np.float32)
        if kind != "stroke":  # a stroke is a change of diffusion in whatever lies there
            for other in found:
                if other != "stroke":
                    found[other] = np.asarray(found[other] * (1 - share), np.float32)
        found[kind] = share
    return found
