"""Degrade: from a study's images a study of restoration, each image beside what a worse scan would have shown of it.

In:   a study (its images, masks and covariates), the name of a degradation, options.
Out:  a folder with study.yaml (input `degraded`, target `clean`), cases.csv, degraded/ and clean/, all NIfTI; where the degradation
      has a grid of its own, each on its own, and of the clean image what the other covers. The study's masks beside them, on the
      clean image's samples, scored only, or one that guides training; its covariates and groups.
Not:  no learning: isocenter run does that.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import FileError, GeometryError, StudyError, unknown
from isocenter.core.grid import Grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
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
OWN = ("case", "patient", "degraded", "clean")
"""Columns this writes itself."""
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
    guide  : a mask target of the study on the images' grid, kept as one that guides training; None = masks are scored only
    Raises UnknownName for a degradation there is not, StudyError for an input there is not, FileError when `out` holds a study,
    GeometryError for a guide on another grid. Other masks on another grid are left out, which is said.
    """
    recipe, source, folder = DEGRADATIONS.get(how), read_study(study), Path(out)
    chosen = name if name is not None else next(iter(source.inputs), "")
    if chosen not in source.inputs:
        raise StudyError(unknown("input of the study", chosen, source.inputs))
    if slices is not None and slices < 1:
        raise StudyError(f"expected 1 or more slices, got {slices}.")
    if recipe.stacker is not None and slices is not None:
        raise StudyError(f"expected whole volumes for {how}, got slices={slices}: it makes slices of its own.")
    masks, told = _masks(source, guide), _told(source)
    if (folder / "study.yaml").exists():
        raise FileError(f"expected a folder without a study, got {folder}, which has study.yaml. Name another folder.")
    rows, unit = [], "1"
    elsewhere: Counter[str] = Counter()
    progress = progress or Quiet()
    cases = open_cases(source, folder=Path(study).parent, data=data)
    for case in progress.track(cases, total=len(cases), label=how):
        image = case.inputs.get(chosen)
        if image is None:
            continue
        if not isinstance(image, Image):
            raise StudyError(f"expected images as input {chosen}, got {type(image).__name__} in case {case.key}.")
        for key, part in _parts(case.key, image, slices):
            worse = recipe.apply(part, seed=_seed(seed, key), **(options or {}))
            row = {"case": key, "patient": case.patient}
            row |= {column: cases.cells(case.key).get(column, "") for column in told}
            part = _covered(part, worse)
            for column, shown in (("degraded", worse), ("clean", part)):
                path = folder / column / f"{key}.nii.gz"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_image(shown, path)
                row[column] = path.relative_to(folder).as_posix()
            row |= _write_masks(case, masks, part.grid, folder, key)
            elsewhere.update(mask for mask in masks if mask in case.labels and not row[mask])
            rows.append(row)
            unit = part.unit
    if not rows:
        raise StudyError(f"expected cases with an image of input {chosen}, got none. Look at: isocenter check {study}")
    for mask, count in elsewhere.items():
        progress.say(f"degrade: mask {mask} lies on other samples than its image in {count} cases; left out there")
    kept = tuple(target for mask, target in masks.items() if any(row[mask] for row in rows))
    if guide is not None and guide not in {mask.name for mask in kept}:
        raise StudyError(f"expected cases with mask {guide}, got none. Look at: isocenter check {study}")
    gone = masks.keys() - {mask.name for mask in kept}
    write_cases([{k: v for k, v in row.items() if k not in gone} for row in rows], folder / "cases.csv")
    made = _restoration(f"{source.name}_{how}", unit, finer=recipe.stacker is not None, masks=kept)
    beside = {"covariates": source.covariates, "groups": source.groups}
    return write_study(made.model_copy(update=beside), folder / "study.yaml")


def _restoration(name: str, unit: str, *, finer: bool, masks: Sequence[Target]) -> Study:
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
        targets=(clean, *masks),
        method="residual_regression",
        baselines=INTERPOLATIONS if finer else FILTERS,
    )


def _masks(source: Study, guide: str | None) -> dict[str, Target]:
    """Return the mask targets that are carried over, by name. StudyError if the guide is none of them.

    Those of overlapping classes, and those that speak of a part of the image, are not: outside it nothing is known.
    """
    found = {t.name: t for t in source.targets if t.type == "mask"}
    if guide is not None and guide not in found:
        raise StudyError(unknown("mask target of the study", guide, found))
    kept = {name: t for name, t in found.items() if not t.overlapping and t.scope == "exam" and name not in OWN}
    if guide is not None and guide not in kept:
        raise StudyError(
            f"expected a mask of classes that exclude one another, given for whole images, with a name of its own, got {guide}."
        )
    return {
        name: Target(name=name, type="mask", columns=(name,), classes=t.classes, use="guide" if name == guide else "score")
        for name, t in kept.items()
    }


def _told(source: Study) -> tuple[str, ...]:
    """Return the columns of covariates and groups. StudyError for one whose name is taken."""
    columns = tuple(dict.fromkeys((*source.covariates, *source.groups)))
    taken = [c for c in columns if c in (*OWN[2:], *_masks(source, None))]
    if taken:
        raise StudyError(f"expected covariates with names of their own, got {', '.join(taken)}. Rename the column.")
    return tuple(c for c in columns if c not in OWN)


def _covered(part: Image, worse: Image) -> Image:
    """Return what of an image the worse one covers: whole slices leave a rest at the end."""
    if worse.grid.ndim != 3 or worse.grid.shape == part.grid.shape:
        return part
    stop = np.rint(part.grid.to_index(worse.grid.to_world([[n - 0.5 for n in worse.grid.shape]]))[0] + 0.5).astype(int).tolist()
    grid = part.grid.crop((0, 0, 0), stop)
    samples = part.array()[(slice(None), *(slice(0, n) for n in stop))]
    return held_image(samples, grid, unit=part.unit, channels=part.channels, note=part.note)


def _labels_on(mask: Value, grid: Grid) -> NDArray[Any] | None:
    """Return the labels (*S) of the part of a mask that lies on a grid; None where they do not share samples."""
    if not isinstance(mask, Mask) or mask.grid.ndim != grid.ndim or mask.grid.world != grid.world:
        return None
    start = np.rint(mask.grid.to_index(grid.to_world([[0.0] * grid.ndim]))[0]).astype(int).tolist()
    stop = [first + n for first, n in zip(start, grid.shape, strict=True)]
    inside = min(start) >= 0 and all(end <= n for end, n in zip(stop, mask.grid.shape, strict=True))
    if not inside or not mask.grid.crop(start, stop).same_as(grid):
        return None
    return np.asarray(mask.labels.array()[0][tuple(slice(a, b) for a, b in zip(start, stop, strict=True))])


def _write_masks(case: Case, masks: Mapping[str, Target], grid: Grid, folder: Path, key: str) -> dict[str, str]:
    """Write the part of each mask that lies on an image; return a cell each, "" where there is none on its samples.

    GeometryError for a guide that lies elsewhere.
    """
    cells = dict.fromkeys(masks, "")
    for name, target in masks.items():
        labels = _labels_on(case.labels[name], grid) if name in case.labels else None
        if labels is not None:
            path = folder / name / f"{key}.nii.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            cells[name] = write_mask(held_mask(labels, grid, target.classes), path).relative_to(folder).as_posix()
        elif target.use == "guide" and name in case.labels:
            raise GeometryError(f"case {case.key}: expected mask {name} on the grid of the image. Run: isocenter check STUDY --fix")
    return cells


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
