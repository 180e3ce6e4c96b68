"""The reference chest: lungs, wall, ribs, spine, breastbone, shoulder blades, great vessels, as implicit shapes.

In:   reference coordinates in mm (x right, y anterior, z down from the top of the lungs at 0), a body.
Out:  depth below the pleura (mm, negative outside), and shares of tissue.
Not:  no trees (tree.py), no HU.
"""

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.thorax.body import Body
from isocenter.phantoms.tomograph.border import share_inside
from isocenter.phantoms.tomograph.box import Array

LENGTH_MM = 235.0
"""Height of the lungs, top to base."""
CARINA_MM = -78.0
"""Where the windpipe divides; lungs above it are the upper region."""


class Chest(Record):
    """Shapes of one chest, each (X, Y, Z)."""

    depth: Array
    """Below the pleura, mm; negative outside of the lungs."""
    right: Array
    """True on the right of the midline; broadcasts."""
    body: Array
    fat: Array
    muscle: Array
    compact: Array
    spongy: Array
    blood: Array
    wall_fat: Array
    """Where the mediastinum is fat rather than muscle."""


def build_chest(x: Array, y: Array, z: Array, body: Body, edge_mm: float) -> Chest:
    """Return the shapes at the coordinates given, with borders as soft as `edge_mm`."""
    depth = _lungs(x, y, z)
    skin = _ellipse(x, y + 6, *_outline(z))
    under = skin - np.float32(body.fat_mm)
    hull, (wide, deep) = _hull(x, y, z), _widths(z)
    ribs = _ribs(x, y, z, hull, edge_mm)
    spine, core, canal = _spine(x, y, z, edge_mm)
    flat = _flat_bones(x, y, z, edge_mm)
    bone = np.maximum(np.maximum(ribs, spine), flat)
    inner = np.maximum(core, 0.55 * ribs)
    medial = share_inside(_ellipse(x, y - 12, 0.42 * wide, 0.55 * deep), edge_mm)
    return Chest(
        depth=depth,
        right=np.asarray(x > 0),
        body=share_inside(skin, edge_mm),
        fat=np.asarray(share_inside(skin, edge_mm) * (1 - share_inside(under, edge_mm)), np.float32),
        muscle=share_inside(under, edge_mm),
        compact=np.asarray((bone * (1 - inner) * (1 - canal)).clip(0), np.float32),
        spongy=np.asarray((bone * inner * (1 - canal)).clip(0), np.float32),
        blood=_great_vessels(x, y, z, edge_mm),
        wall_fat=np.asarray(medial, np.float32),
    )


def _ellipse(x: Array, y: Array, a: Array | float, b: Array | float) -> Array:
    """Return roughly the distance inside an ellipse, mm; exact where it is a circle."""
    across, along = x / a, y / b
    norm = np.sqrt(across * across + along * along)
    return np.asarray((1 - norm) * np.minimum(a, b), np.float32)


def _widths(z: Array) -> tuple[Array, Array]:
    """Return half width of one lung and half depth at each height; 0 above the top."""
    t = np.clip(-z / LENGTH_MM, 0, 1)
    dome = np.sqrt(np.clip(1 - (1 - np.minimum(t / 0.30, 1)) ** 2, 0, 1))
    wide = np.maximum(58 * dome * (0.78 + 0.22 * np.minimum(t / 0.6, 1)), 1e-3)
    deep = np.maximum(82 * dome * (0.76 + 0.24 * np.minimum(t / 0.6, 1)), 1e-3)
    return np.asarray(wide, np.float32), np.asarray(deep, np.float32)


def _lungs(x: Array, y: Array, z: Array) -> Array:
    """Return depth below the pleura, mm."""
    wide, deep = _widths(z)
    t = np.clip(-z / LENGTH_MM, 0, 1)
    inner = 12 + 6 * t + np.where(x < 0, 4.0 + 10 * np.clip((t - 0.4) / 0.3, 0, 1), 0.0)  # the heart takes from the left
    side = np.abs(x) - (inner + wide)
    depth = _ellipse(side, y + 4 + 0.06 * side, wide, deep)
    heart = _ellipse(x + np.float32(8), y - 22 - 14 * t, 26 + 34 * np.clip((t - 0.15) / 0.5, 0, 1), 30 + 22 * t)
    column = _ellipse(x, y + 66, 24.0, 30.0)
    base = (z + LENGTH_MM) - 48 * np.exp(-((side / 40) ** 2) - ((y - 5) / 60) ** 2)
    top = -z * np.float32(0.9)
    depth = np.minimum(np.minimum(depth, -heart), np.minimum(-column, np.minimum(base, top)))
    return np.asarray(depth, np.float32)


def _outline(z: Array) -> tuple[Array, Array]:
    """Return half width and half depth of the skin at each height: shoulders are wide and flat."""
    up = np.clip((z + 60) / 70, 0, 1)
    return np.asarray(162 + 26 * up, np.float32), np.asarray(112 - 14 * up, np.float32)


def _hull(x: Array, y: Array, z: Array) -> Array:
    """Return depth inside the rib cage, mm."""
    wide, deep = _widths(np.minimum(z - 9, 0))
    return _ellipse(x, y + 4, np.maximum(2 * wide + 16, 30), np.maximum(deep + 9, 24))


def _ribs(x: Array, y: Array, z: Array, hull: Array, edge_mm: float) -> Array:
    """Return ribs: bands of the cage's shell, lower in front, 24 mm apart."""
    shell = 4.5 - np.abs(hull + 3.5)
    phase = (z - 0.42 * y - 0.06 * np.abs(x)) / 24
    band = 5.5 - 24 * np.abs(phase - np.round(phase))
    gap = np.abs(x) - np.where(y > 0, 30, 18)  # cartilage in front, the spine behind
    return share_inside(np.minimum(np.minimum(shell, band), gap), edge_mm)


def _spine(x: Array, y: Array, z: Array, edge_mm: float) -> tuple[Array, Array, Array]:
    """Return vertebrae, their spongy core, and the canal."""
    phase = z / 25
    plate = np.asarray(25 * (0.5 - np.abs(phase - np.round(phase))) + 0 * x, np.float32)  # from the disc's middle
    body = np.minimum(_ellipse(x, y + 62, 17.0, 14.0), plate - 2.2)
    arch = np.minimum(_ellipse(x, y + 84, 17.0, 13.0), plate - 4)
    spike = np.minimum(np.minimum(3.5 - np.abs(x), 18 - np.abs(y + 104)), plate - 5)
    wings = np.minimum(np.minimum(34 - np.abs(x), 4.5 - np.abs(y + 82 + 0.25 * np.abs(x))), plate - 5)
    canal = share_inside(_ellipse(x, y + 82, 9.0, 7.5), edge_mm)
    bone = np.maximum(np.maximum(body, arch), np.maximum(spike, wings))
    return share_inside(bone, edge_mm), share_inside(body - 2.0, edge_mm), canal + 0 * z


def _flat_bones(x: Array, y: Array, z: Array, edge_mm: float) -> Array:
    """Return breastbone and shoulder blades."""
    _, deep = _widths(np.minimum(z - 9, 0))
    sternum = np.minimum(np.minimum(17 - np.abs(x), 5 - np.abs(y - (deep + 9))), -22 - z)
    across, along = np.abs(x) - 109, y + 68
    plate = np.minimum(3.0 - np.abs(0.80 * across - 0.60 * along), 42 - np.hypot(0.60 * across + 0.80 * along, z + 62))
    return share_inside(np.maximum(sternum, plate), edge_mm)


def _great_vessels(x: Array, y: Array, z: Array, edge_mm: float) -> Array:
    """Return aorta, upper vena cava, pulmonary trunk and heart."""
    falling = np.minimum(_ellipse(x + 20, y + 46, 12.0, 12.0), -62 - z)
    rising = np.minimum(_ellipse(x - 8, y - 20, 15.0, 15.0), -70 - z)
    arch = 11 - np.sqrt((np.hypot((x + 6) / 1.0, (y + 13)) - 33 * 1.0) ** 2 * (x + 0 * y < 12) + ((z + 68) * 1.0) ** 2)
    arch = np.where((x > -32) & (x < 12), arch, -20)
    cava = np.minimum(_ellipse(x - 26, y - 12, 8.5, 8.5), -40 - z)
    trunk = np.minimum(_ellipse(x + 14, y - 24, 13.0, 13.0), -92 - z)
    neck = np.maximum(_ellipse(np.abs(x) - 17, y - 8, 5.0, 5.0), _ellipse(np.abs(x) - 26, y - 16, 5.5, 5.5))
    heart = np.minimum(np.minimum(_ellipse(x + 14, y - 26, 50.0, 44.0), -112 - z), 44.0)
    everything = np.maximum(np.maximum(falling, rising), np.maximum(cava, trunk))
    everything = np.maximum(np.maximum(everything, arch), np.maximum(np.minimum(neck, z + 62), heart))
    return share_inside(everything, edge_mm)
