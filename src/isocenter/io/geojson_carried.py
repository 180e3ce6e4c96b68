"""GeoJSON carried to another slide: every vertex moved, everything else as it was.

In:   a GeoJSON file in pixels of one slide, both slides' grids, a map from place to place (um).
Out:  the same features in pixels of the other slide; how many could not be carried.
Not:  no reading into masks or points (geojson.py).
"""

import copy
import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid
from isocenter.io.whole_file import write_whole

Carry = Callable[[NDArray[np.float64]], NDArray[np.float64]]
LONGEST_UM = 50.0
"""Sides are cut into pieces of this length at most, so that straight ones can bend."""


class _LostError(Exception):
    """A vertex has no place on the other slide."""


def carry_geojson(path: Path, out: Path, *, finest: Grid, target: Grid, carry: Carry) -> int:
    """Write the features of a file as they lie on another slide; return how many were left out. FileError for what is no GeoJSON.

    finest, target : grids of the pixels the coordinates count, here and there
    carry          : (N, 2) um here -> (N, 2) um there, NaN where there is no place
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        listed = data.get("features", [data]) if isinstance(data, dict) else data
        made, lost = [], 0
        for item in listed:
            feature = copy.deepcopy(item)
            try:
                geometry = feature["geometry"]
                closed = geometry["type"].endswith(("Polygon", "LineString"))
                geometry["coordinates"] = _moved(geometry["coordinates"], finest, target, carry, closed=closed)
            except _LostError:
                lost += 1
                continue
            made.append(feature)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise FileError(f"expected GeoJSON, got {path.name}: {error}. Export it again.") from None
    text = json.dumps({"type": "FeatureCollection", "features": made})
    write_whole(out, lambda beside: beside.write_text(text, encoding="utf-8"))
    return lost


def _moved(coordinates: Any, finest: Grid, target: Grid, carry: Carry, *, closed: bool) -> Any:
    """Return coordinates of any nesting, moved; of lines and rings with vertices between."""
    if not coordinates:
        return coordinates
    if isinstance(coordinates[0], int | float):
        return _placed(np.asarray([coordinates], float), finest, target, carry)[0]
    if isinstance(coordinates[0][0], int | float):
        line = np.asarray(coordinates, float)[:, :2]
        return _placed(_finer(line, finest) if closed else line, finest, target, carry)
    return [_moved(part, finest, target, carry, closed=closed) for part in coordinates]


def _placed(pixels: NDArray[np.float64], finest: Grid, target: Grid, carry: Carry) -> list[list[float]]:
    """Pixels here -> pixels there; 0 is the corner of the first one."""
    there = carry(finest.to_world(pixels[:, :2] - 0.5))
    if not np.isfinite(there).all():
        raise _LostError
    found: list[list[float]] = (target.to_index(there) + 0.5).round(3).tolist()
    return found


def _finer(line: NDArray[np.float64], finest: Grid) -> NDArray[np.float64]:
    """Return a line with its long sides cut."""
    parts = [line[:1]]
    for start, end in pairwise(line):
        length = float(np.linalg.norm((end - start) * np.asarray(finest.spacing)))
        count = max(1, math.ceil(length / LONGEST_UM))
        parts.append(start + (end - start) * (np.arange(1, count + 1) / count)[:, None])
    return np.concatenate(parts)
