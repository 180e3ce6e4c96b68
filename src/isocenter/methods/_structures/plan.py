"""The plan of slice classifiers: fingerprint and budget in, every setting with its reason out.

In:   study, fingerprint, minutes, gigabytes.
Out:  Plan. A few steps are timed on made-up volumes of the learning cases' size, so that the estimate is this machine's.
"""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.plan import Plan, Setting
from isocenter.core.study import Study
from isocenter.learning.slice_lesson import Sliced
from isocenter.learning.slice_network import AXES
from isocenter.learning.slice_runs import filled
from isocenter.methods._choices import Choices
from isocenter.methods._patches.plan import choose_images, choose_layout, steps_of, warnings_of, working_size
from isocenter.methods._places import kinds_of
from isocenter.methods._precision import choose_precision
from isocenter.methods._shown import check_images
from isocenter.methods._structures.build import build_learner
from isocenter.methods._structures.one_each import structures_of
from isocenter.methods._structures.settings import StructureSettings

NAME = "slice_classifiers"
MOST_SLICES = 128.0
"""Along no axis a median volume is looked at more finely than this."""
STEPS_MOST = 3000
"""More were of no use in our trials."""
LANDMARK_SHARE = 0.1
"""Of an axis: how many of its slices count as showing a landmark."""
LANDMARK_LEAST = 4.0
TIMED = 3


def plan_structures(study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting. SettingError for one that does not exist or cannot work, before anything is timed."""
    started = time.monotonic()
    target = structures_of(study)
    chosen: Choices[Any] = Choices(study, StructureSettings, method=NAME)
    check_images(fingerprint, study)
    shapes = fingerprint["shapes"]
    if any(len(shape) != AXES for shape in shapes):
        raise StudyError(
            f"expected volumes of three axes for {NAME}, got images of {min(map(len, shapes))}: there is nothing to slice. Boxes "
            "and points in pictures are found by the tasks detection and localization: leave out `task:`."
        )
    choose_images(chosen, study, fingerprint, amounts=False)
    coarser = _coarser(fingerprint)
    if coarser is not None:
        chosen.put(coarser)
    shape, _ = working_size(fingerprint, chosen["spacing"], 0)
    _choose_landmark(chosen, shape, points=target.type == "points")
    structures = len(kinds_of(target))
    seconds = _choose_speed(chosen, shape, structures)
    steps = min(steps_of(study, minutes, seconds, spent=time.monotonic() - started), _most(study))
    config = chosen.config()
    memory = _gigabytes(config, shape, len(shapes))
    warnings = warnings_of(steps, minutes, memory, gigabytes, asked="steps" in study.settings)
    return Plan(
        method=NAME,
        seed=study.seed,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=round(memory, 2),
        sane=not warnings,
        settings=chosen.settings(),
        warnings=warnings,
    )


def _most(study: Study) -> int:
    return int(study.settings.get("steps", STEPS_MOST))


def _coarser(fingerprint: Mapping[str, Any]) -> Setting | None:
    """Return samples so coarse that no axis of a median volume has more than MOST_SLICES; None where none has."""
    own = np.asarray(fingerprint["spacings"], float)
    extent = np.median(np.asarray(fingerprint["shapes"], float) * own, axis=0)
    median = np.median(own, axis=0)
    wanted = np.maximum(median, extent / MOST_SLICES)
    if np.allclose(wanted, median, rtol=0.05):
        return None
    slices = " × ".join(str(round(float(n))) for n in extent / median)
    reason = f"the median volume has {slices} samples, of which at most {MOST_SLICES:.0f} an axis are looked at"
    return Setting(name="spacing", value=tuple(round(float(s), 4) for s in wanted), origin="rule", reason=reason)


def _choose_landmark(chosen: Choices[Any], shape: NDArray[np.float64], *, points: bool) -> None:
    width = tuple(round(max(LANDMARK_LEAST, LANDMARK_SHARE * float(n)), 1) for n in shape)
    why = f"a tenth of each axis, and at least {LANDMARK_LEAST:.0f}" if points else "boxes have walls of their own"
    chosen.rule("landmark_slices", width, why)


def _choose_speed(chosen: Choices[Any], shape: NDArray[np.float64], structures: int) -> float:
    """Choose arithmetic and memory layout by timed steps. Returns seconds a step."""

    def timed(**changes: Any) -> float:
        return _seconds(chosen.config(**changes), shape, structures)

    first = choose_layout(chosen, timed, widths={})
    if first:
        chosen.rule("precision", "float32", "bfloat16 is not tried with channels first")
        return timed()
    return choose_precision(chosen, timed) or timed()


def _seconds(settings: StructureSettings, shape: NDArray[np.float64], structures: int) -> float:
    """Return the seconds of a step, from some done on noise."""
    rng = np.random.default_rng(0)
    size = tuple(max(2, round(float(n))) for n in shape)
    shares = tuple(np.tile(filled(n / 4, n / 2, n)[:, None], (1, structures)) for n in size)
    image = rng.standard_normal((sum(settings.channels), *size), dtype=np.float32)
    learner = build_learner(settings, [Sliced(image=image, filled=shares)], structures=structures, steps=10 * TIMED, seed=0)
    learner.step(0)  # the first one allocates
    began = time.monotonic()
    for step in range(1, 1 + TIMED):
        learner.step(step)
    return (time.monotonic() - began) / TIMED


def _gigabytes(settings: StructureSettings, shape: NDArray[np.float64], cases: int) -> float:
    """Return what a training holds at once: prepared volumes, and two maps a level of every slice, there and back."""
    volume = float(np.prod(shape))
    planes = float(sum(volume / n for n in shape)) * settings.batch
    maps: float = sum(4.0 * width * 0.25**level for level, width in enumerate(settings.widths)) * planes
    return (4.0 * sum(settings.channels) * volume * cases + 4.0 * maps) / 1e9 + 0.8
