"""How mature a hand is: which centers are seen, how large, how far fused.

In:   skeletal age in months, sex, the schedule.
Out:  Center: size and fusion in [0, 1], by name.
Not:  no places (skeleton.py). The schedule is approximate and our own: settings.py.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record

CARPALS = ("capitate", "hamate", "triquetrum", "lunate", "scaphoid", "trapezium", "trapezoid", "pisiform")
ROWS = ("metacarpal", "proximal", "middle", "distal")
SEXES = ("F", "M")


class Center(Record):
    """One secondary center of ossification."""

    name: str
    size: float
    """0 not seen; 1 full-grown."""
    fused: float
    """0 apart from its shaft; 1 one bone with it. A carpal stays at 0."""

    @property
    def seen(self) -> bool:
        """Tell whether there is anything to see."""
        return self.size > 0


def center_names() -> tuple[str, ...]:
    """Return the names of all centers: carpals, sesamoid, radius, ulna, and an epiphysis a bone of the five rays."""
    rays = [f"{row}_{ray}" for row in ROWS for ray in range(1, 6) if (row, ray) != ("middle", 1)]
    return (*CARPALS, "sesamoid", "radius", "ulna", *rays)


def mature(p: Mapping[str, Any], bone_age_months: float, sex: str, rng: np.random.Generator) -> dict[str, Center]:
    """Return the state of every center at a skeletal age. Single centers are a little early or late (`spread_months`)."""
    column = SEXES.index(sex)
    out = {}
    for name in center_names():
        key = name if name in p["appears"] else name.rsplit("_", 1)[0]
        early = float(p["spread_months"] * rng.normal())
        age = bone_age_months + early
        appears = float(p["appears"][key][column])
        if key not in p["fuses"]:
            full = float(p["carpal_full"][column]) if name in CARPALS else appears + 30
            out[name] = Center(name=name, size=_grown(age, appears, full), fused=0.0)
            continue
        fuses = float(p["fuses"][key][column])
        full = appears + 0.6 * (fuses - appears)
        fused = float(np.clip((age - fuses) / p["fusing_months"] + 1, 0, 1))
        out[name] = Center(name=name, size=_grown(age, appears, full), fused=fused)
    return out


def size_of_hand(p: Mapping[str, Any], bone_age_months: float, sex: str) -> float:
    """Return the length of bones as a share of a grown man's."""
    grown = min(bone_age_months / p["mature"][sex], 1.0) ** p["growth_power"]
    return float(p["adult"][sex] * (p["birth_share"] + (1 - p["birth_share"]) * grown))


def _grown(age: float, appears: float, full: float) -> float:
    """Return the size of a center: 0 before it appears, then from 0.22 to 1."""
    if age < appears:
        return 0.0
    way = min((age - appears) / max(full - appears, 1.0), 1.0)
    return float(0.22 + 0.78 * way**0.8)
