"""The voxels of a chest CT: how many, and how large.

In:   parameters, a grade, how far the table's zoom stretches the field, options. Out: a Box.
"""

from collections.abc import Mapping
from typing import Any

from isocenter.core.errors import PlanError
from isocenter.phantoms.phantom import Grade
from isocenter.phantoms.tomograph.box import Box


def chest_box(p: Mapping[str, Any], grade: Grade, zoom: float, options: Mapping[str, Any]) -> Box:
    """Return the voxels stored: as the grade says, or of the size asked for (`voxel_mm`, `height_mm`). PlanError below 8 a side."""
    field = [side * zoom for side in p["field_mm"]]
    if options["height_mm"] is not None:
        field[2] = float(options["height_mm"])
    n = [int(k) for k in p["shape"][grade]]
    if options["voxel_mm"] is not None or options["height_mm"] is not None:
        step = (
            [float(options["voxel_mm"])] * 3
            if options["voxel_mm"] is not None
            else [s / k for s, k in zip(p["field_mm"], n, strict=True)]
        )
        n = [max(round(side / mm), 1) for side, mm in zip(field, step, strict=True)]
    if min(n) < 8:
        raise PlanError(f"expected at least 8 voxels a side, got {n}. Ask for a smaller voxel_mm or a larger height_mm.")
    x, y, z = (side / k for side, k in zip(field, n, strict=True))
    return Box(shape=(n[0], n[1], n[2]), spacing_mm=(x, y, z))
