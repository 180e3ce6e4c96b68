"""Phantom: write cases whose truth is known into a folder, as a study anyone could run.

In:   a phantom's name, how many cases, a seed, tie strengths, options.
Out:  study.yaml, cases.csv, acquisition.csv, phantom.json (name, version, hash, parameters), and a folder each for images,
      noise-free images, masks, points and lesion tables. Pictures become PNG, whose world is pixels; volumes NIfTI. An
      interval fills two columns, NAME_low and NAME_high; a time to an event NAME_days and NAME_event.
Not:  no drawing of anatomy (phantoms), no run.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.errors import FileError
from isocenter.core.graph import Graph
from isocenter.core.grid import plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.slide import HeldSlide
from isocenter.core.study import Study, Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.io.answers import write_cases
from isocenter.io.cells import NO_FINDING
from isocenter.io.geojson import write_regions
from isocenter.io.graph_file import write_graph
from isocenter.io.points_file import write_points
from isocenter.io.pyramid import write_pyramid
from isocenter.io.study_file import write_study
from isocenter.io.text_columns import write_text_table
from isocenter.io.whole_file import write_whole
from isocenter.io.write import write_image, write_mask
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.cohort import draw_many
from isocenter.phantoms.phantom import Grade, Phantom, PhantomCase
from isocenter.stages.progress import Progress, Quiet

JPEG = 85
"""Quality of slides."""


def write_phantom(
    name: str,
    out: Path,
    *,
    n: int | None = None,
    seed: int = 0,
    grade: Grade = "test",
    target: str | None = None,
    tie: Mapping[str, float] | None = None,
    prevalence: float | None = None,
    visits: int | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Draw n cases and write them as a study; return the path of study.yaml.

    n, visits : cases, and cases a patient; None = as many as the phantom's cohorts usually have
    out    : a folder; made if it is not there. FileError when it already holds a study.
    target : what the study asks for; None = the phantom's first target. All truths are columns of cases.csv anyway.
    Others : as in phantoms.cohort.cases. The same call writes the same bytes.
    """
    phantom = PHANTOMS.get(name)
    n, visits = phantom.cases if n is None else n, phantom.visits if visits is None else visits
    study = phantom.study(target)
    folder = Path(out)
    if (folder / "study.yaml").exists():
        raise FileError(f"expected a folder without a study, got {folder}, which has study.yaml. Name another folder.")
    cases = draw_many(phantom, n, seed, grade, tie=tie, prevalence=prevalence, visits=visits, **(options or {}))
    shown = (progress or Quiet()).track(cases, total=n, label=name)
    rows, scans = [], []
    for key, case in shown:
        rows.append(_write_case(phantom, folder, key, case))
        scans.append({"case": key, **{field: str(value) for field, value in case.acquisition.items()}})
    write_cases(rows, folder / "cases.csv")
    write_text_table(scans, folder / "acquisition.csv")
    facts = {
        "phantom": phantom.name, "version": phantom.version, "hash": phantom.hash, "cite": phantom.cite, "cases": n, "seed": seed,
        "grade": grade, "tie": dict(tie or {}), "prevalence": prevalence, "options": dict(options or {}),
        "parameters": phantom.parameters,
    }  # fmt: skip
    text = json.dumps(facts, indent=1, default=list)
    write_whole(folder / "phantom.json", lambda path: path.write_text(text, encoding="utf-8"))
    return write_study(_of_table(study, rows, (options or {}).get("raters", ())), folder / "study.yaml")


def _write_case(phantom: Phantom, folder: Path, key: str, case: PhantomCase) -> dict[str, str]:
    """Write one case's files; return its row."""
    row = {"case": key, "patient": case.patient}
    for name, image in case.inputs.items():
        if isinstance(image, Graph):
            row[name] = _cell(image, folder, name, key)
        elif isinstance(image, Image | HeldSlide):
            row[name] = _shown_file(image, folder, name, key)
    for name, image in case.clean.items():
        if not isinstance(case.inputs.get(name), HeldSlide):  # as large again; `draw` gives it to who needs it
            row[f"clean_{name}"] = _image_file(image, folder, f"clean_{name}", key)
    for rater, answers in [("", case.truths), *((f"_{rater}", written) for rater, written in case.raters.items())]:
        for name, answer in answers.items():
            if isinstance(answer, Amount) and not (np.isnan(answer.low) and np.isnan(answer.high)):
                row |= {f"{name}_{end}{rater}": _number(getattr(answer, end)) for end in ("low", "high")}
            elif isinstance(answer, Survival):
                row |= {f"{name}_days{rater}": _number(float(answer.days[0])), f"{name}_event{rater}": str(answer.code)}
            else:
                row[f"{name}{rater}"] = _cell(_in_pixels(answer, case), folder, f"{name}{rater}", key)
    if "marker" in phantom.factors:
        row["shortcut"] = "" if case.shortcut is None else _cell(case.shortcut, folder, "shortcut", key)
    row |= {name: str(value) for name, value in case.covariates.items() if name not in row}
    if case.lesions:
        names = list(dict.fromkeys(field for lesion in case.lesions for field in lesion))
        cells = [{field: str(lesion.get(field, "")) for field in names} for lesion in case.lesions]
        write_text_table(cells, _file(folder, "lesions", key, ".csv"), names=names)
    return row


def _in_pixels(value: Value, case: PhantomCase) -> Value:
    """Return places in the pixels of the picture they were seen in, where that becomes a PNG."""
    image = next(iter(case.inputs.values()))
    if not isinstance(value, Points) or not isinstance(image, Image) or not _flat(image):
        return value
    extent = None if value.extent is None else value.extent / np.asarray(image.grid.spacing)
    return dataclasses.replace(value, world=image.grid.to_index(value.world), extent=extent)


def _cell(value: Value, folder: Path, name: str, key: str) -> str:
    """Return a truth as a cell, its file written where it needs one. Findings that are all absent say so."""
    match value:
        case Mask() if value.grid.world == "slide_um":
            path = write_regions(value, _file(folder, name, key, ".geojson"), finest=value.grid)
        case Mask():
            flat = _flat(value.labels)
            path = _file(folder, name, key, ".png" if flat else ".nii.gz")
            whole = value.numbered()
            if flat:
                pixels = dataclasses.replace(whole.labels, grid=plain_grid(whole.grid.shape))
                whole = dataclasses.replace(whole, labels=pixels)
            write_mask(whole, path)
        case Points():
            path = write_points(value, _file(folder, name, key, ".csv"))
        case Graph():
            path = write_graph(value, _file(folder, name, key, ".npz"))
        case Image():
            return _image_file(value, folder, name, key)
        case Amount():
            return _number(value.value)
        case Scores():
            there = [word for word, p in zip(value.names, value.p, strict=True) if p > 0.5]
            return ";".join(there) or NO_FINDING
        case _:
            return str(value)
    return path.relative_to(folder).as_posix()


def _number(value: float) -> str:
    """Return a number as a cell; NaN is an empty one."""
    return "" if np.isnan(value) else f"{value:.7g}"


def _shown_file(shown: Image | HeldSlide, folder: Path, name: str, key: str) -> str:
    """Write what a case shows: an image, or a slide as a pyramid in JPEG, as scanners write it."""
    if isinstance(shown, Image):
        return _image_file(shown, folder, name, key)
    path = _file(folder, name, key, ".tif")
    write_pyramid(shown.samples, path, um_per_px=shown.finest_um, channels=("red", "green", "blue"), quality=JPEG)
    return path.relative_to(folder).as_posix()


def _image_file(image: Image, folder: Path, name: str, key: str) -> str:
    """Write an image as PNG (8-bit pictures) or NIfTI; return its path from the folder."""
    path = _file(folder, name, key, ".png" if _flat(image) else ".nii.gz")
    samples = image.array()
    write_image(held_image(samples, plain_grid(image.grid.shape)) if _flat(image) else image, path)
    return path.relative_to(folder).as_posix()


def _flat(image: Image) -> bool:
    """Tell whether an image is a picture of 8 bits at one time: it becomes a PNG, whose world is pixels."""
    return image.grid.ndim == 2 and not image.grid.times_s and image.array().dtype == np.uint8


def _file(folder: Path, kind: str, key: str, suffix: str) -> Path:
    """Return the path of one file, its folder made."""
    path = folder / kind / f"{key}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _of_table(study: Study, rows: Sequence[Mapping[str, str]], readers: Sequence[str]) -> Study:
    """Name the inputs any row has, the covariates of the table but the one that is the study's target, and who read it."""
    asked = {target.name for target in study.targets}
    there = {name for row in rows for name in row}
    inputs = {name: column for name, column in study.inputs.items() if column in there}
    kept = tuple(name for name in ("sex", "age", "center", "scanner", "view") if name in there and name not in asked)
    targets = tuple(_read_by(target, readers, there) for target in study.targets)
    return study.model_copy(update={"inputs": inputs, "covariates": kept, "targets": targets})


def _read_by(target: Target, readers: Sequence[str], there: set[str]) -> Target:
    """Return a target with the simulated readers who have columns of it beside the truth."""
    names = tuple(name for name in readers if all(f"{column}_{name}" in there for column in target.columns))
    return target.model_copy(update={"readers": names})


def cases_written(folder: Path) -> int:
    """Return how many cases a phantom's folder holds, as phantom.json says."""
    return int(json.loads((folder / "phantom.json").read_text(encoding="utf-8"))["cases"])
