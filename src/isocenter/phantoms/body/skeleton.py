"""Ribs, clavicles, scapulae, spine, sternum and arms as clouds of bone.

In:   a Chest, the distance between points.
Out:  Cloud of bone, volumes scaled by mineral density.
Not:  no soft tissue, no projection.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.body.shapes import Chest
from isocenter.phantoms.body.tubes import ball, join, plate, tube
from isocenter.phantoms.radiograph.projection import Cloud


class Posture(Record):
    """How the arms are held."""

    scapula_mm: float
    """How far the shoulder blades are drawn to the side: 0 over the lungs (AP), 45 off them (PA)."""
    arms: float
    """0 down at the sides, 1 raised (lateral)."""


def build_skeleton(chest: Chest, posture: Posture, *, step_mm: float) -> Cloud:
    """Return all bones of a chest."""
    parts = [*_ribs(chest, step_mm), *_spine(chest, step_mm)]
    for side in (-1.0, 1.0):
        parts += _shoulder(chest, posture, side, step_mm)
    a = chest.anatomy
    front = -0.95 * a.half_depth
    parts.append(
        tube([(0, front + 14, 0.62 * a.apex), (0, front, 0.1 * a.apex), (0, front, -0.3 * a.apex)], 9.0, step_mm=step_mm, shell=0.5)
    )
    return join(parts, share=a.rib_density)


def rib_line(chest: Chest, number: int, side: float) -> NDArray[np.float64]:
    """Return the center line (M, 3) of a rib, from the spine to where its cartilage begins.

    number : 1 to 12
    side   : -1 right, +1 left
    """
    a, p = chest.anatomy, chest.profiles
    height = a.apex - a.base
    start = a.apex + 6.0 - (number - 1) * height / 11.6
    drop = a.rib_drop * (0.45 + 0.55 * min(number, 7) / 7.0)
    reach = 0.62 if number == 1 else 0.78 if number <= 7 else 0.78 - 0.10 * (number - 7)
    angle = np.linspace(0.10, reach * np.pi, 72)  # 0 at the spine, pi at the breastbone
    z = start + 6.0 * np.sin(np.minimum(angle * 2.2, np.pi)) - drop * (1 - np.cos(angle)) / 2 * (1.05 + 0.1 * angle)
    level = np.minimum(z, a.apex - 5.0)
    if number <= 2:
        level = np.minimum(level, a.apex - 26.0 - 6.0 * number)
    width = p.at(p.inner_width, level.astype(np.float32)) + 3.5
    depth = p.at(p.inner_depth, level.astype(np.float32)) + 3.5
    x = np.sin(angle) ** 0.86 * width
    y = np.cos(angle) * depth + p.at(p.back, level.astype(np.float32))
    middle = p.at(p.middle, level.astype(np.float32))
    return np.stack([side * np.maximum(x, 14.0) + middle, y, z], 1).astype(np.float64)


def _ribs(chest: Chest, step: float) -> list[Cloud]:
    a = chest.anatomy
    radius = a.rib_radius
    fade = np.concatenate([np.full(54, 1.0), np.linspace(1.0, 0.72, 18)])
    out = []
    for number in range(1, 13):
        for side in (-1.0, 1.0):
            line = rib_line(chest, number, side)
            out.append(tube(line, radius * fade * (1.0 if number < 11 else 0.8), step_mm=step, flat=1.75, shell=0.65))
    return [join(out, share=0.95)]


def _spine(chest: Chest, step: float) -> list[Cloud]:
    a, p = chest.anatomy, chest.profiles
    out: list[Cloud] = []
    pitch = (a.apex - a.base) / 10.5
    for level in range(-5, 16):
        z = a.apex - 4.0 - level * pitch
        x = float(p.at(p.middle, np.float32(z)))
        wide = 13.0 + 0.55 * max(level, 0)
        y = 0.72 * a.half_depth + float(p.at(p.back, np.float32(z))) * 0.6 - (18.0 if level < 0 else 0.0)
        half = 0.40 * pitch
        body = tube([(x, y, z - half), (x, y, z + half)], wide, step_mm=1.5 * step, shell=0.35)
        out.append(join([body], share=0.12))
        ends = [tube([(x, y, z + end - 0.8), (x, y, z + end + 0.8)], wide, step_mm=1.5 * step) for end in (-half, half)]
        out.append(join(ends, share=0.22))
        for side in (-1.0, 1.0):
            out.append(ball((x + side * 0.72 * wide, y + 17, z + 3), (4.5, 6.0, 6.5), step_mm=step, shell=0.9))
            tip = (x + side * (wide + 15), y + 26, z + 4)
            out.append(join([tube([(x + side * 10, y + 20, z + 2), tip], 4.0, step_mm=step)], share=0.5))
        out.append(join([tube([(x, y + 22, z), (x, y + 42, z - 14)], 4.0, step_mm=step)], share=0.7))
    return out


def _shoulder(chest: Chest, posture: Posture, side: float, step: float) -> list[Cloud]:
    a = chest.anatomy
    top = a.shoulder
    joint = a.shoulder_width - 42.0
    notch, mid = 0.62 * a.apex, 0.5 * joint
    rise = a.clavicle_rise
    clavicle = [
        (side * 14.0, -0.72 * a.half_depth, notch + 4),
        (side * 45.0, -0.72 * a.half_depth, notch + 10 + 0.3 * rise),
        (side * mid, -0.45 * a.half_depth, notch + 16 + 0.8 * rise),
        (side * joint * 0.9, 0.0, notch + 18 + rise),
    ]
    k = posture.scapula_mm
    inner_top = (side * (0.52 * a.half_width + k), 0.85 * a.half_depth, top - 22)
    tip = (side * (0.60 * a.half_width + 1.05 * k), 0.98 * a.half_depth, top - 135)
    glenoid = (side * (joint - 6), 0.25 * a.half_depth, top - 34)
    out = [
        join([tube(clavicle, (6.5, 5.5, 5.5, 6.5), step_mm=step, shell=0.8)], share=0.62),
        join([plate((inner_top, tip, glenoid), 3.0, step_mm=step)], share=0.6),
        join([tube([inner_top, tip], 3.0, step_mm=step), tube([tip, glenoid], 4.5, step_mm=step)], share=0.6),
        join([tube([inner_top, (side * joint, 0.45 * a.half_depth, top + 4)], 4.5, step_mm=step)], share=0.6),
        join([ball(glenoid, (9, 10, 16), step_mm=step, shell=0.5)], share=0.4),
    ]
    head = (side * (joint + 16), 0.15 * a.half_depth, top - 26)
    out.append(join([ball(head, (22, 22, 24), step_mm=1.5 * step, shell=0.25)], share=0.25))
    lift = posture.arms
    elbow = (side * (joint + 34 + 20 * lift), -40 * lift, top - 26 + (-220 * (1 - lift) + 150 * lift))
    out.append(join([tube([head, elbow], 11.5, step_mm=1.5 * step, shell=0.95)], share=0.45))
    return out
