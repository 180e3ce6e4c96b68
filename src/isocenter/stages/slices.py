"""Slices: from a study of volumes a study of pictures, for what reads pictures alone.

In:   a study; one of its inputs; how many slices of each volume.
Out:  a folder with study.yaml (that input, without targets), cases.csv and the pictures as NIfTI, upright, in the volume's unit;
      each is a case of its patient, with the volume's covariates.
Not:  no labels: what was said of a volume need not hold for each of its slices.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from isocenter.core.errors import FileError, StudyError, unknown
from isocenter.core.grid import World, plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.study import Study
from isocenter.figures.orient import View, across, first_time, planes, upright
from isocenter.io.answers import safe_name, write_cases
from isocenter.io.study_file import read_study, write_study
from isocenter.io.table import open_cases
from isocenter.io.write import write_image
from isocenter.methods.registry import task_of
from isocenter.stages.progress import Progress, Quiet

ENDS = (0.15, 0.85)
"""Slices are taken from this part of a volume: its ends often show nothing."""
PATIENT = "patient"
FLAT: Mapping[World, World] = {"ras_mm": "plane_mm"}
"""What a place in the patient becomes when one axis is left out."""


def slices(
    study: Path,
    out: Path,
    *,
    data: Path | None = None,
    name: str | None = None,
    count: int = 6,
    plane: str | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the study of pictures; return the path of its study.yaml.

    name  : input whose images are sliced; None = the study's first
    count : slices of each volume, evenly spaced, fewer where it has fewer; a picture stays as it is
    plane : axial, coronal or sagittal; None = the plane each volume was acquired in
    Raises StudyError for an input there is not, GeometryError for a plane a volume does not have, FileError when `out` holds a
    study.
    """
    source, folder = read_study(study), Path(out)
    chosen = name if name is not None else next(iter(source.inputs), "")
    if chosen not in source.inputs:
        raise StudyError(unknown("input of the study", chosen, source.inputs))
    if count < 1:
        raise StudyError(f"expected 1 or more slices, got {count}.")
    if (folder / "study.yaml").exists():
        raise FileError(f"expected a folder without a study, got {folder}, which has study.yaml. Name another folder.")
    rows, unit = [], "1"
    cases = open_cases(source, folder=Path(study).parent, data=data)
    for case in (progress or Quiet()).track(cases, total=len(cases), label="slices"):
        image = case.inputs.get(chosen)
        if image is None:
            continue
        if not isinstance(image, Image):
            raise StudyError(f"expected images as input {chosen}, got {type(image).__name__} in case {case.key}.")
        told = {column: str(said) for column, said in case.covariates.items()}
        for key, picture in _pictures(case.key, image, count, plane):
            path = folder / "pictures" / f"{safe_name(key)}.nii.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_image(picture, path)
            rows.append({"case": key, PATIENT: case.patient, chosen: path.relative_to(folder).as_posix(), **told})
        unit = image.unit
    if not rows:
        raise StudyError(f"expected cases with an image of input {chosen}, got none. Look at: isocenter check {study}")
    write_cases(rows, folder / "cases.csv")
    return write_study(_of_pictures(source, chosen, unit), folder / "study.yaml")


def _pictures(key: str, image: Image, count: int, plane: str | None) -> list[tuple[str, Image]]:
    """Return the slices of an image by case key, each an upright picture (C, X, Y)."""
    grid, samples = image.grid, first_time(image.array(), image.grid)
    name = plane if plane is not None and grid.ndim == 3 else planes(grid)[0]
    axis = across(grid, name)
    deep = 1 if axis is None else grid.shape[axis]
    found = []
    for at in np.unique(np.linspace(ENDS[0] * (deep - 1), ENDS[1] * (deep - 1), count).round().astype(int)).tolist():
        shown = upright(samples, grid, View(plane=name, index=at))
        pixels = np.ascontiguousarray(shown.samples.transpose(2, 1, 0))  # (rows, columns, C) -> (C, X, Y)
        flat = plain_grid(pixels.shape[1:], spacing=(shown.column_step, shown.row_step), world=FLAT.get(grid.world, grid.world))
        made = held_image(pixels, flat, unit=image.unit, channels=image.channels, note=image.note)
        found.append((key if axis is None else f"{key}_{name}{at:03d}", made))
    return found


def _of_pictures(source: Study, name: str, unit: str) -> Study:
    """Return the study that learns the pictures; method and settings come along where the source learns images themselves."""
    plain = Study(
        name=f"{source.name}_slices",
        cases=Path("cases.csv"),
        inputs={name: name},
        units={name: unit} if unit != "1" else {},
        patient=PATIENT,
        covariates=source.covariates,
        seed=source.seed,
    )
    if not task_of(source).requests:
        return plain
    kept = ("method", "settings", "baselines", "metrics", "vary")
    return plain.model_copy(update={field: getattr(source, field) for field in kept})
