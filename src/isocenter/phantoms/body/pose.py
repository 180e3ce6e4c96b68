"""How a patient stood: view, turn, breath, arms, and what the picture takes in.

In:   an Anatomy, the phantom's ranges, a generator.
Out:  Pose.
Not:  no exposure (radiograph/exposure.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.body.anatomy import Anatomy, breathe
from isocenter.phantoms.body.skeleton import Posture
from isocenter.phantoms.radiograph.view import View, stand


class Pose(Record):
    """One positioning."""

    view: View
    posture: Posture
    anatomy: Anatomy
    """The chest at the breath that was held."""
    inspiration: float


def draw_pose(parameters: Mapping[str, Any], anatomy: Anatomy, rng: np.random.Generator, *, view: str | None) -> Pose:
    """Draw a positioning; a view that is named changes the view alone. PlanError for one there is not."""
    p = parameters
    names = list(p["view_share"])
    drawn = str(rng.choice(names, p=np.array([p["view_share"][n] for n in names]) / sum(p["view_share"].values())))
    name = drawn if view is None else view
    breath, margin, stretch = rng.random(), rng.random(), rng.random()
    turn, tilt, roll, shift_x, shift_y, reach = rng.normal(size=6)
    plain = stand(p, name, center=(0, 0), field_mm=(1, 1), turn_deg=0, tilt_deg=0, roll_deg=0)
    low, high = p["inspiration"][name]
    held = breathe(anatomy, low + breath * (high - low))
    grow = float(1 / plain.shrink(0.0))
    bottom, top = held.base if name == "L" else held.dome[1], held.apex
    across = 2 * (held.half_width if name != "L" else held.half_depth + 0.6 * held.wall)
    low, high = p["field_margin"]
    margin = low + (high - low) * margin**1.5
    side = margin * grow * max(across, 1.08 * (top - bottom))
    middle = -float(np.dot(plain.axes[2], (0, 0, 0.5 * (top + bottom)))) * grow
    forward = float(np.dot(plain.axes[1], (0, 0, 0.5 * (top + bottom))))
    middle = middle / (1 + forward / plain.source_mm)
    play = (p["field_shift"] + 0.3 * (margin - 1)) * side
    low = p["field_low"] * side if margin > 1.1 else 0.0  # a wide field shows the belly rather than the neck
    center = (0.35 * play * float(np.clip(shift_x, -2, 2)), middle + low + 0.45 * play * float(np.clip(shift_y, -2, 2)))
    seen = stand(
        p, name, center=center, field_mm=(side * (1 + 0.2 * (stretch - 0.5)), side),
        turn_deg=float(p["turn_deg"] * turn), tilt_deg=float(p["tilt_deg"] * tilt), roll_deg=float(p["roll_deg"] * roll),
    )  # fmt: skip
    apart = 45.0 if name in ("PA", "lordotic") else 12.0
    posture = Posture(scapula_mm=float(apart + 8.0 * reach), arms=1.0 if name == "L" else 0.0)
    return Pose(view=seen, posture=posture, anatomy=held, inspiration=float(breath))
