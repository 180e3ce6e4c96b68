"""Grow a vessel tree that obeys Murray's law.

In:   roots, ranges, a generator, a box.
Out:  Tree: branches as curved lines with radii, and which branch each came from.
Not:  no voxels (raster.py), no signal (angiogram.py).

References: Murray, PNAS 1926; 12:207-214 (radii: r0³ = r1³ + r2³). Murray, J Gen Physiol 1926; 9:835-841 (angles of least work).
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

Array = NDArray[np.float64]
POINTS = 9
"""Points of a branch's center line."""


class Branch(Record):
    """One vessel between two branchings."""

    line: Array
    """(M, 3) mm."""
    radius: Array
    """(M,) mm; even but where it is diseased."""
    healthy: float
    """Radius without disease, the one Murray's law speaks of."""
    parent: int
    """Index of the branch it springs from; -1 for a root."""

    @property
    def length(self) -> float:
        """Length in mm."""
        return float(np.linalg.norm(np.diff(self.line, axis=0), axis=1).sum())


class Tree(Record):
    """Branches, parents before children."""

    branches: tuple[Branch, ...]

    def children(self, index: int) -> list[int]:
        """Return the branches that spring from one."""
        return [i for i, branch in enumerate(self.branches) if branch.parent == index]


def murray_angles(r0: float, r1: float, r2: float) -> tuple[float, float]:
    """Return the angles (radians) at which daughters r1 and r2 leave a parent r0 with the least work."""
    first = (r0**4 + r1**4 - r2**4) / (2 * r0**2 * r1**2)
    second = (r0**4 + r2**4 - r1**4) / (2 * r0**2 * r2**2)
    return float(np.arccos(np.clip(first, -1, 1))), float(np.arccos(np.clip(second, -1, 1)))


def grow_tree(parameters: Mapping[str, Any], rng: np.random.Generator, *, field_mm: float, smallest_mm: float) -> Tree:
    """Grow trees from all roots, into a cube of side `field_mm` around the origin; branches that leave it are not followed.

    smallest_mm : branches thinner than this are not grown
    """
    half = field_mm / 2
    branches: list[Branch] = []
    waiting: list[tuple[Array, Array, float, int]] = []
    for root in parameters["roots"]:
        start = np.asarray(root, float) * field_mm * np.array([1, 1, 0.85]) + rng.normal(0, 0.03 * field_mm, 3) * [1, 1, 0]
        radius = float(rng.uniform(*parameters["root_radius_mm"])) * (0.8 if abs(root[0]) < 0.1 else 1.0)
        waiting.append((start, unit(np.array([0.15 * np.sign(root[0]), 0.0, 1.0]) + rng.normal(0, 0.12, 3)), radius, -1))
    while waiting:
        start, way, radius, parent = waiting.pop(0)
        line = _line(parameters, rng, start, way, radius)
        branches.append(Branch(line=line, radius=np.full(len(line), radius), healthy=radius, parent=parent))
        if np.abs(line[-1]).max() > 1.05 * half:
            continue
        waiting += _daughters(parameters, rng, line, radius, len(branches) - 1, smallest_mm)
    return Tree(branches=tuple(branches))


def _daughters(
    p: Mapping[str, Any], rng: np.random.Generator, line: Array, radius: float, index: int, smallest_mm: float
) -> list[tuple[Array, Array, float, int]]:
    """Split a branch in two by Murray's law, one daughter perhaps too thin to grow."""
    share = float(rng.uniform(*p["share"]))
    radii = radius * np.cbrt(share), radius * np.cbrt(1 - share)
    angles = murray_angles(radius, *radii)
    forward = unit(line[-1] - line[-2])
    aside = unit(np.cross(forward, rng.normal(size=3)))
    jitter = np.deg2rad(p["turn_deg"]) * rng.normal(size=2)
    out = []
    for r, angle, sign, shake in zip(radii, angles, (1.0, -1.0), jitter, strict=True):
        if r >= smallest_mm:
            turn = angle + shake
            out.append((line[-1], unit(np.cos(turn) * forward + sign * np.sin(turn) * aside), float(r), index))
    return out


def _line(p: Mapping[str, Any], rng: np.random.Generator, start: Array, way: Array, radius: float) -> Array:
    """Return a winding line (POINTS, 3) that starts along `way`."""
    length = radius * rng.uniform(*p["branch_length"])
    t = np.linspace(0, 1, POINTS)
    first = unit(np.cross(way, rng.normal(size=3)))
    second = np.cross(way, first)
    swing = rng.uniform(*p["tortuosity"]) * length
    phase = rng.uniform(0, 2 * np.pi, 2)
    waves = np.sin(np.pi * t) ** 2  # still at both ends, so that the direction of growth is kept
    bend = (
        swing
        * waves[:, None]
        * (np.sin(2 * np.pi * t + phase[0])[:, None] * first + np.cos(2 * np.pi * t + phase[1])[:, None] * second)
    )
    return np.asarray(start + t[:, None] * length * way + bend, float)


def narrow(tree: Tree, index: int, left: float, *, center: float = 0.5, width: float = 0.18) -> Tree:
    """Return the tree with a stenosis: at its middle the branch keeps the share `left` of its radius."""
    branch = tree.branches[index]
    t = np.linspace(0, 1, len(branch.radius))
    radius = branch.radius * (1 - (1 - left) * np.exp(-(((t - center) / width) ** 2)))
    changed = dataclasses.replace(branch, radius=radius)
    return Tree(branches=(*tree.branches[:index], changed, *tree.branches[index + 1 :]))


def unit(vector: Array) -> Array:
    """Return a vector of length 1."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), float)


def arrival_s(tree: Tree, speed_mm_per_s: float) -> list[tuple[float, float]]:
    """Return when blood reaches and leaves each branch, in seconds from the root.

    Flow divides as r³ and area as r², so that speed goes with the radius (Murray): `speed_mm_per_s` is that of the thickest root.
    """
    thickest = max(branch.healthy for branch in tree.branches)
    times: list[tuple[float, float]] = []
    for branch in tree.branches:
        start = 0.0 if branch.parent < 0 else times[branch.parent][1]
        times.append((start, start + branch.length / (speed_mm_per_s * branch.healthy / thickest)))
    return times


def inside(tree: Tree, field_mm: float, *, thinnest_mm: float) -> Sequence[int]:
    """Return the branches that lie wholly in the cube and are at least so thick."""
    half = field_mm / 2
    return [
        i for i, b in enumerate(tree.branches) if b.healthy >= thinnest_mm and float(np.abs(b.line).max()) + b.healthy < 0.96 * half
    ]
