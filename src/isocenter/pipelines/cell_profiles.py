"""Profiles of cells: a picture and its numbered cells to a table with one row per cell.

In:   a picture, and a file on its grid whose values number the cells (true ones, or what `isocenter predict` wrote).
Out:  cells.csv (one row a cell); number of cells and medians as measurements; what is doubtful as findings.
Not:  no finding of cells, no arithmetic (biomarkers/cell_morphology.py), no page.

Reference: Carpenter et al., Genome Biol 2006; 7:R100.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.biomarkers.cell_morphology import CellProfile, profile_cells
from isocenter.core.errors import GeometryError, SettingError, StudyError
from isocenter.core.finding import Finding
from isocenter.core.measurement import Measurement
from isocenter.io.images import open_image
from isocenter.io.text_columns import write_text_table
from isocenter.pipelines.pipeline import Measured, Pipeline, cell
from isocenter.stages.progress import Progress

_MEDIANS = ("area", "perimeter", "eccentricity", "solidity", "contrast", "nearest")


@dataclass(frozen=True, kw_only=True)
class ProfileSettings:
    """Which cells enter the medians."""

    edge: str = "leave_out"
    """Cells cut by the edge of the picture: keep or leave_out. The table has them either way."""

    def __post_init__(self) -> None:
        """Refuse what is not known."""
        if self.edge not in ("keep", "leave_out"):
            raise SettingError(f"expected edge to be keep or leave_out, got {self.edge!r}.")


def carry_out(files: Sequence[Path], folder: Path, settings: ProfileSettings, _progress: Progress) -> Measured:
    """Read, measure, write. See the module."""
    picture = open_image(files[0])
    if len(picture.grid.shape) != 2 or picture.grid.times_s:
        raise GeometryError(f"{files[0].name}: expected a still 2-D picture, got {picture!r}. Give one plane of it.")
    spacing = picture.grid.spacing
    if max(spacing) > 1.01 * min(spacing):
        raise GeometryError(f"{files[0].name}: expected square pixels, got {spacing}. Resample the picture and its cells.")
    unit = picture.grid.unit
    cells = profile_cells(_objects(files[1]), picture.array(), pixel=float(spacing[0]))
    names = ["red", "green", "blue"] if len(picture.channels) == 3 else list(map(str, range(len(picture.channels))))
    table = write_text_table([_row(each, names) for each in cells], folder / "cells.csv", names=None if cells else ["number"])
    used = [each for each in cells if settings.edge == "keep" or not each.at_edge]
    case, method = files[0].stem, f"median over {len(used)} cells"
    units = {"area": f"{unit}2", "perimeter": unit, "nearest": unit}
    measurements = [
        Measurement(case=case, name="cells", value=len(cells), unit="1", method="numbers in the file of cells"),
        *(
            Measurement(
                case=case,
                name=f"median_{name}",
                value=float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan"),
                unit=units.get(name, "1"),
                method=method,
            )
            for name in _MEDIANS
            for values in [np.asarray([getattr(each, name) for each in used], float)]
        ),
    ]
    return Measured(measurements=measurements, findings=_findings(cells), files=[table])


def _objects(path: Path) -> NDArray[np.int64]:
    numbers = open_image(path).array()
    if numbers.ndim != 3 or numbers.shape[0] != 1:
        raise StudyError(
            f"{path.name}: expected one number a pixel, got shape {numbers.shape}. Give cells as a gray 16-bit picture."
        )
    whole: NDArray[np.int64] = np.rint(numbers[0]).astype(np.int64)
    if (whole != numbers[0]).any() or whole.min() < 0:
        raise StudyError(f"{path.name}: expected whole numbers from 0 up, got others. Give numbered cells, not probabilities.")
    return whole


def _row(each: CellProfile, channels: Sequence[str]) -> dict[str, str]:
    row = {"number": str(each.number)}
    row |= {name: cell(getattr(each, name)) for name in ("x", "y", "area", "perimeter", "eccentricity", "solidity")}
    for name, mean, sd in zip(channels, each.intensity_mean, each.intensity_sd, strict=True):
        row |= {f"intensity_mean_{name}": cell(mean), f"intensity_sd_{name}": cell(sd)}
    row |= {name: cell(getattr(each, name)) for name in ("contrast", "homogeneity", "entropy", "nearest")}
    return row | {"at_edge": str(int(each.at_edge)), "parts": str(each.parts)}


def _findings(cells: Sequence[CellProfile]) -> list[Finding]:
    found = []
    if len(cells) < 2:
        found.append(
            Finding(
                code="few_cells", severity="warning", expected="numbered cells, 1 … N", got=f"{len(cells)}",
                do="If this is a mask of foreground, number its objects first; nearest needs two cells.",
            )
        )  # fmt: skip
    torn = [str(each.number) for each in cells if each.parts > 1]
    if torn:
        found.append(
            Finding(
                code="torn_cells", severity="warning", expected="every cell in one piece",
                got=f"{len(torn)} in several: {', '.join(torn[:10])}",
                do="Look at them: two cells with one number, or crumbs. Column parts of cells.csv marks them.",
            )
        )  # fmt: skip
    return found


PIPELINE = Pipeline(
    name="cell_profiles",
    question="How large, round, bright, rough and crowded is each cell?",
    cite="Carpenter et al., Genome Biol 2006 (profiles of cells); Haralick et al., IEEE Trans SMC 1973 (texture)",
    takes=("picture", "numbered cells"),
    least=2,
    config=ProfileSettings,
    carry_out=carry_out,
)
