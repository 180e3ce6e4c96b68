"""A detector of tumors in real target images, and what it finds in others.

In:   real images of the target's kind with masks; the share of tumor-free ones in which it may find something.
Out:  a segmentation network with a threshold on its probability; of any image, whether the tumor was found, or anything at all.
Not:  it never sees a translated image while it learns, nor a patient whose translation it judges.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.audits._hazard_arms import Pools
from isocenter.audits._hazard_rates import Found
from isocenter.audits._map_regions import regions_of
from isocenter.audits._own_run import cell, run_written
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import StudyError
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.method import Model
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.io.table import TableCases, target_columns
from isocenter.stages.answer import load_model
from isocenter.stages.progress import Progress
from isocenter.stages.run_folder import RunFolder

TUMOR = "tumor"
WIDTH = 3
"""Samples along each axis over which the probability is averaged, so that no single one decides."""


class Tumor(Record):
    """Which label is the tumor: a mask target and those of its classes that count."""

    target: Target
    classes: tuple[str, ...]

    def where(self, case: Case, study: Study, grid: Grid) -> NDArray[np.bool_]:
        """Return the tumor of a case on a grid, (*S). StudyError when the mask lies in another world."""
        found = regions_of(case, study, grid)
        parts = [found[f"{self.target.name}:{name}"] for name in self.classes if f"{self.target.name}:{name}" in found]
        if not parts:
            raise StudyError(f"case {case.key}: expected {self.target.name} in the world of the image, got another one.")
        return np.asarray(np.any(parts, axis=0))


class TumorDetector:
    """A fitted network and its threshold."""

    def __init__(self, model: Model, study: Study, tumor: Tumor, image: Target, scratch: Path) -> None:
        self._model, self._study, self._tumor, self._image, self._scratch = model, study, tumor, image, scratch
        self.threshold = float("nan")

    def look(self, cases: Iterable[Case], images: Mapping[str, Image]) -> Iterator[tuple[str, Found]]:
        """Yield what is found in one image of every case that has one."""
        known = {case.key: case for case in cases if case.key in images}
        shown = CaseList(dataclasses.replace(c, inputs={self._image.name: images[key]}, labels={}) for key, c in known.items())
        for prediction in self._model.predict(shown, scratch=self._scratch):
            probability = prediction.extras.get(f"{TUMOR}:probability")
            if not isinstance(probability, Image):
                continue
            smooth = ndimage.uniform_filter(probability.array()[1].astype(np.float32), WIDTH, mode="nearest")
            inside = self._tumor.where(known[prediction.case], self._study, probability.grid)
            most = float(smooth[inside].max()) if inside.any() else float("nan")
            yield prediction.case, Found(anywhere=float(smooth.max()), inside=most)

    def choose(self, found: Sequence[Found], *, false_positives: float) -> None:
        """Set the threshold so that in that share of the tumor-free images, at most, anything is found."""
        free = sorted((f.anywhere for f in found if np.isnan(f.inside)), reverse=True)
        self.threshold = free[int(false_positives * len(free))]


def fit_detector(
    home: Path,
    *,
    study: Study,
    cases: TableCases,
    image: Target,
    tumor: Tumor,
    pools: Pools,
    longest: int,
    steps: int,
    minutes: float,
    false_positives: float,
    progress: Progress,
) -> TumorDetector:
    """Train on real images of the detector's patients, choose the threshold on those of its others.

    longest : samples of the longest side that translations work at, which the detector must not see more of; 0 = all
    """
    column, mask = target_columns(image)[0], target_columns(tumor.target)[0]
    rows, split = [], []
    for part, keys in (("learn", pools.detector), ("tune", pools.threshold)):
        for key in keys:
            patient = cases[key].patient
            rows.append({"case": key, "patient": patient, column: cell(cases, key, column), mask: cell(cases, key, mask)})
            split.append({"case": key, "patient": patient, "part": part, "fold": ""})
    made = Study(
        name=f"{study.name}_detector",
        cases=Path("cases.csv"),
        inputs={image.name: column},
        units={image.name: image.unit} if image.unit != "1" else {},
        targets=(
            Target(name=TUMOR, type="mask", columns=(mask,), classes=("background", TUMOR), values=_values(tumor)),
        ),
        method="unet",
        settings={"steps": steps, "keep_probability": True, **({"longest": longest} if longest else {})},
        split={"file": "split.csv"},
        seed=study.seed,
    )  # fmt: skip
    done = run_written(made, rows, split, home, minutes=minutes, progress=progress)
    detector = TumorDetector(load_model(done, made), study, tumor, image, _scratch(done))
    chosen_on = cases.select(pools.threshold)
    detector.choose([f for _, f in detector.look(chosen_on, real_images(chosen_on, image))], false_positives=false_positives)
    return detector


def real_images(cases: Iterable[Case], image: Target) -> dict[str, Image]:
    """Return the true target image of every case that has one."""
    found = {case.key: case.labels.get(image.name) for case in cases}
    return {key: value for key, value in found.items() if isinstance(value, Image)}


def _values(tumor: Tumor) -> dict[int, int]:
    """Return which numbers of the mask files are tumor."""
    wanted = {tumor.target.classes.index(name) for name in tumor.classes}
    if tumor.target.values:
        return {number: 1 for number, place in tumor.target.values.items() if place in wanted}
    return dict.fromkeys(sorted(wanted), 1)


def _scratch(run: RunFolder) -> Path:
    folder = run.path / "scratch"
    folder.mkdir(exist_ok=True)
    return folder
