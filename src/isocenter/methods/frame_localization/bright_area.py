"""Bright area: the frame in which most, or least, of what is bright is seen where the picture moves.

In:   series of pictures; the frames named.
Out:  for each target the frame of the largest or of the smallest area, whichever is nearer in the learning series.
Not:  no object is told from another: both ventricles count, and whatever else is bright and moves.

The part of the picture looked at is a disk around the middle of its motion (the standard deviation over time, where it is
greatest); the threshold is Otsu's, of all times together; the curve of areas is smoothed along time.

Reference: Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66 (the threshold).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.case import Cases
from isocenter.core.image import Image
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.imaging.otsu import otsu_foreground
from isocenter.methods._baselines.labels import labeled, nothing_to_learn, targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods.frame_localization._series import FirstFrame, Floats, frames_of, image_of, index_of
from isocenter.methods.frame_localization._simple import SimpleModel, load_simple

LARGEST, SMALLEST = "largest", "smallest"
SIZE = 96
"""Samples of the longer side that areas are measured on."""
SMOOTH = 1.0
"""Standard deviation along time, frames."""
MOVING = 0.05
"""Share of the picture that moves most."""


class BrightArea:
    """See Method in core/method.py."""

    card = Card(
        name="bright_area",
        task="frame_localization",
        answers=frozenset({"value"}),
        learned=False,
        cite="Otsu, A threshold selection method from gray-level histograms, IEEE Trans Syst Man Cybern 1979; 9:62-66.",
        differs="the area above it where the picture moves, largest or smallest over time",
        reads="series",
    )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan without choices."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, FirstFrame(), {}, minutes_a_case=0.01)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> SimpleModel:
        """Choose largest or smallest for each target. StudyError if no learning case names a frame of it."""
        del tune, journal
        first, inputs, targets = plan.config(FirstFrame).first, tuple(study.inputs), targets_of(study, self.card)
        curves: dict[str, NDArray[np.float64]] = {}
        learned = []
        for target in targets:
            errors = []
            for case, _ in labeled(target, learn):
                image = image_of(case, inputs)
                index = index_of(case, target, len(image.grid.times_s), first)
                if np.isnan(index):
                    continue
                if case.key not in curves:
                    curves[case.key] = bright_areas(frames_of(image, SIZE))
                errors.append([abs(extreme(curves[case.key], which) - index) for which in (LARGEST, SMALLEST)])
            if not errors:
                raise nothing_to_learn(target)
            learned.append((LARGEST, SMALLEST)[int(np.mean(errors, axis=0).argmin())])
        data = {"inputs": inputs, "targets": [t.model_dump(mode="json") for t in targets], "learned": learned, "first": first}
        return SimpleModel(data, found)

    def load(self, folder: Path) -> SimpleModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        return load_simple(folder, self.card.name, found)


def found(image: Image, learned: list[Any]) -> list[float]:
    """Return the frame of the largest or smallest area for each word."""
    curve = bright_areas(frames_of(image, SIZE))
    return [extreme(curve, which) for which in learned]


def extreme(curve: NDArray[np.float64], which: str) -> float:
    """Return the frame of the largest or smallest area."""
    return float(curve.argmax() if which == LARGEST else curve.argmin())


def bright_areas(frames: Floats) -> NDArray[np.float64]:
    """Return the bright samples where a series (T, C, X, Y) moves, at each time, smoothed along it, (T,).

    A series in which nothing moves has the same area at every time.
    """
    gray = frames.mean(axis=1)  # (T, X, Y)
    disk = moving_disk(gray)
    inside = gray[:, disk]  # (T, N)
    bright = otsu_foreground(inside)
    return np.asarray(ndimage.gaussian_filter1d(bright.sum(1).astype(float), SMOOTH, mode="wrap"))


def moving_disk(gray: Floats) -> NDArray[np.bool_]:
    """Return a disk (X, Y) around what moves most in a series (T, X, Y), twice as wide as it is spread."""
    motion = ndimage.gaussian_filter(gray.std(axis=0), gray.shape[1] / 48)
    weight = np.clip(motion - np.quantile(motion, 1 - MOVING), 0, None)
    if weight.sum() <= 0:
        return np.ones(motion.shape, bool)
    x, y = np.meshgrid(*(np.arange(n) for n in motion.shape), indexing="ij")
    middle = [float((weight * axis).sum() / weight.sum()) for axis in (x, y)]
    away = (x - middle[0]) ** 2 + (y - middle[1]) ** 2
    spread = float(np.sqrt((weight * away).sum() / weight.sum()))
    return np.asarray(away <= max(1.5 * spread, 2.0) ** 2)


METHOD = BrightArea()
