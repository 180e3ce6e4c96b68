"""A mass in a brain: where it lies, how it pushes the tissue around it aside, what signal it gives.

In:   a head, ranges, a generator; then points, and the signal of the tissue around.
Out:  Mass; the places tissue at some points came from; the signal with the mass.
Not:  no anatomy, no acquisition; no lesions with relaxation times of their own (lesions.py).

The signal of a mass is given relative to the tissue around it, in every sequence alike: a factor of 1 is iso-intense, and then only
its texture and the shift of what it pushes aside tell it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.brain.head import Head, cortex_depths, step
from isocenter.phantoms.brain.lesions import Lesion, Places
from isocenter.phantoms.brain.waves import Waves, draw_waves

Floats = NDArray[np.float32]


class Mass(Record):
    """One mass."""

    lesion: Lesion
    """Its place and border."""
    push_mm: float
    """How far the tissue at its border was pushed outward."""
    reach_mm: float
    """Distance over which the shift falls to 1/e."""
    texture: Waves
    rough: float
    """Standard deviation of its texture, as a share of its signal."""
    contrast: float
    """Its mean signal over that of the tissue around it."""


def draw_mass(
    p: Mapping[str, Any], places: Places, rng: np.random.Generator, contrast: str, *, push: float, rough: float
) -> Mass | None:
    """Return a mass of one of p["contrast"]; None when there is no place for it.

    push, rough : factors on the range of shifts and on the texture; 0 = none
    """
    radius = float(rng.uniform(*p["mass_mm"]))
    place = places.take(radius)
    if place is None:
        return None
    border = draw_waves(rng, (1.2 * radius, 3.0 * radius), 8)
    lesion = Lesion(kind="mass", center=place, radius_mm=radius, border=border, wobble=p["lesion_wobble"])
    return Mass(
        lesion=lesion,
        push_mm=push * float(rng.uniform(*p["push"])) * radius,
        reach_mm=float(rng.uniform(*p["push_reach_mm"])),
        texture=draw_waves(rng, p["texture_mm"], 24),
        rough=rough * float(rng.uniform(*p["texture"])),
        contrast=float(rng.uniform(*p["contrast"][contrast])),
    )


def origin_of(mass: Mass, head: Head, points: Floats, fixed_mm: float) -> Floats:
    """Return where the tissue at points (3, *S) mm was before the mass grew; the outer surface of the brain stays where it is.

    fixed_mm : depth below that surface from which on tissue moves freely
    """
    center = mass.lesion.center.astype(np.float32).reshape(3, *(1,) * (points.ndim - 1))
    offset = points - center
    far = np.sqrt((offset**2).sum(0))
    outside = np.maximum(-mass.lesion.signed_mm(points), 0)
    depth, _ = cortex_depths(head, points)
    free = np.clip(depth / np.float32(fixed_mm), 0, 1)
    shift = np.minimum(np.float32(mass.push_mm) * np.exp(-outside / np.float32(mass.reach_mm)) * free, 0.9 * far)
    return np.asarray(points - offset / np.maximum(far, 1e-3) * shift, np.float32)


def with_mass(signal: Floats, mass: Mass, points: Floats, shares: Mapping[str, Floats], edge_mm: float, shell_mm: float) -> Floats:
    """Return the signal (*S) with the mass in it.

    shell_mm : thickness of the tissue around the mass whose mean signal, fluid left out, is what its contrast refers to
    """
    signed = mass.lesion.signed_mm(points)
    solid = np.asarray(shares["white"] + shares["gray"] + shares["deep"], np.float32)
    shell = ((signed < 0) & (signed > -shell_mm)) * solid
    inside = step(signed, edge_mm) * np.clip(np.asarray(sum(shares.values())), 0, 1)
    around = float((signal * shell).sum() / max(float(shell.sum()), 1e-6))
    texture = mass.texture.at(points)
    texture = texture - (texture * inside).sum() / max(float(inside.sum()), 1e-6)
    own = np.float32(around * mass.contrast) * (1 + np.float32(mass.rough) * texture)
    return np.asarray(signal * (1 - inside) + own * inside, np.float32)
