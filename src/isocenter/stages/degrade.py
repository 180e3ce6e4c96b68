"""Degrade: from a study's images a study of restoration, each image beside what a worse scan would have shown of it.

In:   a study (only its images are used), the name of a degradation, options.
Out:  a folder with study.yaml (input `degraded`, target `clean`), cases.csv, degraded/ and clean/, all NIfTI.
Not:  no learning: isocenter run does that.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.errors import FileError, StudyError, unknown
from isocenter.core.image import Image, held_image
from isocenter.core.study import Study, Target
from isocenter.imaging.degradation import DEGRADATIONS
from isocenter.io.answers import write_cases
from isocenter.io.study_file import read_study, write_study
from isocenter.io.table import open_cases
from isocenter.io.write import write_image
from isocenter.stages.progress import Progress, Quiet

MIDDLE = (0.15, 0.85)
"""Slices are taken from this part of a volume: its ends often show nothing."""
SCORES = ("edge_sharpness", "noise_frequency")


def degrade(
    study: Path,
    how: str,
    out: Path,
    *,
    data: Path | None = None,
    name: str | None = None,
    slices: int | None = None,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the study of restoration; return the path of its study.yaml.

    name   : input whose images are made worse; None = the study's first
    slices : so many slices of each volume, evenly spaced, as cases of their own; None = whole images
    Raises UnknownName for a degradation there is not, StudyError for an input there is not, FileError when `out` holds a study.
    """
    recipe, source, folder = DEGRADATIONS.get(how), read_study(study), Path(out)
    chosen = name if name is not None else next(iter(source.inputs), "")
    if chosen not in source.inputs:
        raise StudyError(unknown("input of the study", chosen, source.inputs))
    if slices is not None and slices < 1:
        raise StudyError(f"expected 1 or more slices, got {slices}.")
    if (folder / "study.yaml").exists():
        raise FileError(f"expected a folder without a study, got {folder}, which has study.yaml. Name another folder.")
    rows, unit = [], "1"
    cases = open_cases(source, folder=Path(study).parent, data=data)
    for case in (progress or Quiet()).track(cases, total=len(cases), label=how):
        image = case.inputs.get(chosen)
        if image is None:
            continue
        if not isinstance(image, Image):
            raise StudyError(f"expected images as input {chosen}, got {type(image).__name__} in case {case.key}.")
        for key, part in _parts(case.key, image, slices):
            worse = recipe.apply(part, seed=_seed(seed, key), **(options or {}))
            row = {"case": key, "patient": case.patient}
            for column, shown in (("degraded", worse), ("clean", part)):
                path = folder / column / f"{key}.nii.gz"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_image(shown, path)
                row[column] = path.relative_to(folder).as_posix()
            rows.append(row)
            unit = part.unit
    if not rows:
        raise StudyError(f"expected cases with an image of input {chosen}, got none. Look at: isocenter check {study}")
    write_cases(rows, folder / "cases.csv")
    made = Study(
        name=f"{source.name}_{how}",
        cases=Path("cases.csv"),
        inputs={"degraded": "degraded"},
        units={"degraded": unit} if unit != "1" else {},
        targets=(Target(name="clean", type="image", columns=("clean",), unit=unit, metrics=SCORES),),
        method="residual_regression",
        baselines=("identity_image", "non_local_means", "total_variation"),
    )
    return write_study(made, folder / "study.yaml")


def _parts(key: str, image: Image, slices: int | None) -> list[tuple[str, Image]]:
    """Return the images to make worse: the whole one, or slices of it, each on its own grid of one slice."""
    if slices is None or image.grid.ndim == 2:
        return [(key, image)]
    samples, deep = image.array(), image.grid.shape[2]
    places = np.unique(np.linspace(MIDDLE[0] * (deep - 1), MIDDLE[1] * (deep - 1), slices).round().astype(int))
    found = []
    for at in places.tolist():
        grid = image.grid.crop((0, 0, at), (*image.grid.shape[:2], at + 1))
        part = held_image(samples[:, :, :, at : at + 1], grid, unit=image.unit, channels=image.channels)
        found.append((f"{key}_slice{at:03d}", part))
    return found


def _seed(seed: int, key: str) -> int:
    """Return the seed of one case: the same whatever other cases there are."""
    return int.from_bytes(hashlib.sha256(f"{seed} {key}".encode()).digest()[:8], "little")
