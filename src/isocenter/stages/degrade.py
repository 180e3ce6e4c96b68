"""Degrade: from a study's images a study of restoration, each image beside what a worse scan would have shown of it.

In:   a study (its images, and a mask where asked for), the name of a degradation, options.
Out:  a folder with study.yaml (input `degraded`, target `clean`), cases.csv, degraded/ and clean/, all NIfTI; where the degradation
      has a grid of its own, each on its own, and of the clean image what the other covers. On request a mask beside them.
Not:  no learning: isocenter run does that.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.case import Case
from isocenter.core.errors import FileError, GeometryError, StudyError, unknown
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.study import Study, Target
from isocenter.imaging.degradation import DEGRADATIONS
from isocenter.io.answers import write_cases
from isocenter.io.study_file import read_study, write_study
from isocenter.io.table import open_cases
from isocenter.io.write import write_image, write_mask
from isocenter.stages.progress import Progress, Quiet

MIDDLE = (0.15, 0.85)
"""Slices are taken from this part of a volume: its ends often show nothing."""
SCORES = ("edge_sharpness", "noise_frequency", "invented_structures", "erased_structures")
SCORES_OF_STACKS = ("edge_sharpness", "edge_sharpness_by_axis")
FILTERS = ("identity_image", "non_local_means", "total_variation")
INTERPOLATIONS = ("identity_image", "linear_interpolation", "spline_interpolation")


def degrade(
    study: Path,
    how: str,
    out: Path,
    *,
    data: Path | None = None,
    name: str | None = None,
    slices: int | None = None,
    guide: str | None = None,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the study of restoration; return the path of its study.yaml.

    name   : input whose images are made worse; None = the study's first
    slices : so many slices of each volume, evenly spaced, as cases of their own; None = whole images
    guide  : a mask target of the study on the images' grid, kept as one that guides training; None = images alone
    Raises UnknownName for a degradation there is not, StudyError for an input there is not, FileError when `out` holds a study.
    """
    recipe, source, folder = DEGRADATIONS.get(how), read_study(study), Path(out)
    chosen = name if name is not None else next(iter(source.inputs), "")
    if chosen not in source.inputs:
        raise StudyError(unknown("input of the study", chosen, source.inputs))
    if slices is not None and slices < 1:
        raise StudyError(f"expected 1 or more slices, got {slices}.")
    if recipe.stacker is not None and slices is not None:
        raise StudyError(f"expected whole volumes for {how}, got slices={slices}: it makes slices of its own.")
    shapes = _guide(source, guide)
    if shapes is not None and slices is not None:
        raise StudyError("expected whole images where a mask is kept beside them, got slices.")
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
            part = _covered(part, worse)
            for column, shown in (("degraded", worse), ("clean", part)):
                path = folder / column / f"{key}.nii.gz"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_image(shown, path)
                row[column] = path.relative_to(folder).as_posix()
            if shapes is not None and shapes.name in case.labels:
                row[shapes.name] = _write_mask(case, shapes, part, folder).relative_to(folder).as_posix()
            rows.append(row)
            unit = part.unit
    if not rows:
        raise StudyError(f"expected cases with an image of input {chosen}, got none. Look at: isocenter check {study}")
    if shapes is not None:
        rows = [{shapes.name: "", **row} for row in rows]
    write_cases(rows, folder / "cases.csv")
    name = f"{source.name}_{how}"
    return write_study(_restoration(name, unit, finer=recipe.stacker is not None, guide=shapes), folder / "study.yaml")


def _restoration(name: str, unit: str, *, finer: bool, guide: Target | None) -> Study:
    """Return the study that learns the clean image from the degraded one.

    finer : the clean one has finer samples
    """
    scores = SCORES_OF_STACKS if finer else SCORES
    clean = Target(name="clean", type="image", columns=("clean",), unit=unit, metrics=scores)
    return Study(
        name=name,
        cases=Path("cases.csv"),
        inputs={"degraded": "degraded"},
        units={"degraded": unit} if unit != "1" else {},
        targets=(clean,) if guide is None else (clean, _kept(guide)),
        method="residual_regression",
        baselines=INTERPOLATIONS if finer else FILTERS,
    )


def _guide(source: Study, name: str | None) -> Target | None:
    """Return the mask target of a name. StudyError if there is none, or one this cannot carry over."""
    if name is None:
        return None
    masks = {t.name: t for t in source.targets if t.type == "mask"}
    if name not in masks:
        raise StudyError(unknown("mask target of the study", name, masks))
    if masks[name].overlapping or name in ("case", "patient", "degraded", "clean"):
        raise StudyError(f"expected a mask of classes that exclude one another, with a name of its own, got {name}.")
    return masks[name]


def _kept(mask: Target) -> Target:
    """Return a mask target of the source as one that guides."""
    return Target(name=mask.name, type="mask", columns=(mask.name,), classes=mask.classes, use="guide")


def _covered(part: Image, worse: Image) -> Image:
    """Return what of an image the worse one covers: whole slices leave a rest at the end."""
    if worse.grid.ndim != 3 or worse.grid.shape == part.grid.shape:
        return part
    stop = np.rint(part.grid.to_index(worse.grid.to_world([[n - 0.5 for n in worse.grid.shape]]))[0] + 0.5).astype(int).tolist()
    grid = part.grid.crop((0, 0, 0), stop)
    samples = part.array()[(slice(None), *(slice(0, n) for n in stop))]
    return held_image(samples, grid, unit=part.unit, channels=part.channels, note=part.note)


def _write_mask(case: Case, target: Target, part: Image, folder: Path) -> Path:
    """Write the part of a mask that lies on an image. GeometryError where they do not share samples."""
    mask = case.labels[target.name]
    if not isinstance(mask, Mask) or not mask.grid.crop((0,) * mask.grid.ndim, part.grid.shape).same_as(part.grid):
        raise GeometryError(
            f"case {case.key}: expected mask {target.name} on the grid of the image. Run: isocenter check STUDY --fix"
        )
    labels = mask.labels.array()[0][tuple(slice(0, n) for n in part.grid.shape)]
    path = folder / target.name / f"{case.key}.nii.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_mask(held_mask(labels, part.grid, target.classes), path)


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
