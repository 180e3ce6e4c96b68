"""Cells of one section, and how brown the next section is where they lie.

In:   a table of cells (x, y), the map, the moving slide.
Out:  the table with moving_x_um, moving_y_um, dab and positive.
Not:  no cells are found.

The next section holds other cells, or other parts of the same: what is measured is the neighborhood of a cell, blurred by what
registration leaves of error, not the cell.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.grid import Grid
from isocenter.core.slide import Slide
from isocenter.imaging.sections.density import dye_densities
from isocenter.imaging.sections.plane_map import PlaneMap
from isocenter.io.text_columns import is_number, read_text_table, write_text_table
from isocenter.pipelines.pipeline import cell

_TILE_PX = 512
FINEST_UM = 0.5
"""DAB is measured at this resolution, or at the slide's where that is coarser."""


def stain_cells(
    path: Path, out: Path, made: PlaneMap, moving: Slide, *, fixed_grid: Grid, unit: str, white: NDArray[np.floating],
    cell_um: float, positive: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Write the table with its new columns; return which cells are positive, (N,): 1, 0, NaN beside the slide.

    StudyError for a table without x and y.

    unit    : of x and y: px or um
    white   : of the moving slide's glass, (3,)
    cell_um : side of the square that is averaged
    positive : density from which a cell counts
    """
    table = read_text_table(path)
    for name in ("x", "y"):
        if name not in table.names:
            raise StudyError(f"{path.name}, line 1: expected columns x and y of cells, got {', '.join(table.names)}. Name them so.")
    cells = [[table.cell(row, name) for name in ("x", "y")] for row in range(len(table))]
    wrong = next((row for row, pair in enumerate(cells) if not all(map(is_number, pair))), None)
    if wrong is not None:
        raise StudyError(f"{path.name}, line {table.line(wrong)}: expected numbers as x and y, got {cells[wrong]}. Mend the cell.")
    at = np.array(cells, float).reshape(-1, 2)
    there = made.move(fixed_grid.to_world(at) if unit == "px" else at)
    dab = measure_dab(moving, there, white=white, cell_um=cell_um)
    brown = np.where(np.isfinite(dab), dab >= positive, np.nan)
    rows = [
        {name: table.cell(row, name) for name in table.names}
        | {"moving_x_um": cell(there[row, 0]), "moving_y_um": cell(there[row, 1])}
        | {"dab": cell(dab[row]), "positive": cell(brown[row])}
        for row in range(len(table))
    ]
    write_text_table(rows, out, names=[*table.names, "moving_x_um", "moving_y_um", "dab", "positive"])
    return brown


def measure_dab(slide: Slide, places: NDArray[np.float64], *, white: NDArray[np.floating], cell_um: float) -> NDArray[np.float64]:
    """Return the mean density of DAB around places, (N,), a tile of the slide in memory at a time; NaN beside the slide."""
    from scipy.ndimage import uniform_filter

    um = max(FINEST_UM, slide.grid.spacing[0])
    reach = max(1, round(cell_um / um))
    margin = reach // 2 + 1
    inside = ((places >= 0) & (places < um * np.ceil(np.asarray(slide.grid.shape) * slide.grid.spacing[0] / um))).all(axis=1)
    found = np.full(len(places), np.nan)
    samples = np.floor(places / um).astype(int)
    tiles = samples // _TILE_PX
    for tile in np.unique(tiles[inside], axis=0):
        here = np.flatnonzero(inside & (tiles == tile).all(axis=1))
        first = tile * _TILE_PX - margin
        side = _TILE_PX + 2 * margin
        part = slide.read((float(first[0] * um), float(first[1] * um)), (side, side), um).array()
        picture = np.repeat(part, 3, axis=0) if part.shape[0] == 1 else part
        brown = uniform_filter(dye_densities(picture, "hdab", white=white)[1], reach, mode="nearest")
        local = samples[here] - first
        found[here] = brown[local[:, 0], local[:, 1]]
    return found
