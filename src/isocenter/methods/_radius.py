"""How near an answered place must be to a true one: the same number for choosing, learning and judging.

In:   a study and its target of points; the usual diameter of its objects where the learning cases tell it.
Out:  Radius, in units of the image's world, and why.
Not:  nothing is paired (metrics/matching.py).
"""

from collections.abc import Mapping
from typing import Any

from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.metrics.per_case.point_f1 import RADIUS
from isocenter.metrics.registry import number_of

METRIC = "point_f1"


class Radius(Record):
    """A radius of pairing."""

    value: float
    """World units: mm, um or px."""
    why: str


def radius_of(study: Study, target: Target, *, size: float | None) -> Radius:
    """Return the radius the target's own metric names, else half the usual diameter of its objects, else the metric's default.

    size : world units; None = not known
    """
    asked = asked_radius(study, target)
    if asked is not None:
        return Radius(value=asked, why=f"the study asks for {METRIC}_at({asked:g})")
    if size is not None:
        return Radius(value=round(size / 2, 2), why=f"half the median diameter of the objects, {size:.3g}")
    return Radius(value=RADIUS, why=f"nothing tells how large the objects are; {METRIC}_at(…) among the target's metrics would")


def asked_radius(study: Study, target: Target) -> float | None:
    """Return the radius the metrics of a target name; None where they name none."""
    found = [number_of(name) for name in study.metrics_of(target) if name.startswith(f"{METRIC}_at")]
    return found[-1] if found else None


def size_of(fingerprint: Mapping[str, Any], target: Target) -> float | None:
    """Return the median diameter of a target's objects; None where their files do not tell sizes, or nothing was looked at."""
    size = fingerprint.get("targets", {}).get(target.name, {}).get("size")
    return None if not size else float(size["median"]) or None
