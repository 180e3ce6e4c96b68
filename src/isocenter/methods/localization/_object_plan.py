"""What a classifier of pieces is asked: how much around a piece it sees, how many steps fit.

In:   study and fingerprint.
Out:  Plan; a few steps are timed.
"""

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.candidate_lesson import two_scales
from isocenter.learning.object_lesson import ObjectTable
from isocenter.methods._choices import Choices
from isocenter.methods._patches.plan import FLAT, choose_images, choose_pose, steps_of, warnings_of
from isocenter.methods._places import kinds_of, learned_points
from isocenter.methods._radius import radius_of, size_of
from isocenter.methods._shown import check_images
from isocenter.methods.localization._object_learner import object_learner
from isocenter.methods.localization._object_settings import ObjectSettings

NAME = "watershed_classifier"
VIEW = (16, 48)
"""Least and greatest samples per axis of a view."""
TIMED = 3


def plan_objects(study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
    """Choose every setting. SettingError for one that does not exist or cannot work, before anything is timed."""
    started = time.monotonic()
    target = learned_points(study)
    check_images(fingerprint, study)
    chosen: Choices[ObjectSettings] = Choices(study, ObjectSettings, method=NAME)
    choose_images(chosen, study, fingerprint, amounts=False)
    shape = np.median(np.asarray(fingerprint["shapes"], float), axis=0)
    spacing = np.median(np.asarray(fingerprint["spacings"], float), axis=0)
    within = radius_of(study, target, size=size_of(fingerprint, target))
    chosen.rule("radius", within.value, within.why)
    _choose_view(chosen, shape, float(spacing.min()), fingerprint["targets"].get(target.name, {}).get("nearest"))
    axes = tuple(a for a, n in enumerate(chosen["view"]) if n > 1)
    if fingerprint["unit"] == "px":
        choose_pose(chosen, axes, fingerprint.get("pose", {}).get("upright", ()))
    else:
        chosen.rule("mirror_axes", axes[:1], "a body is near enough to its mirror image left to right, and in no other direction")
    seconds = seconds_a_step(chosen.config(), outputs=len(kinds_of(target)) + 1)
    steps = steps_of(study, minutes, seconds, spent=time.monotonic() - started)
    memory = 8.0 * sum(math.prod(s) for s in fingerprint["shapes"]) * sum(chosen["channels"]) / 1e9 + 0.8
    warnings = warnings_of(steps, minutes, memory, gigabytes, asked="steps" in study.settings)
    return Plan(
        method=study.method or NAME,
        seed=study.seed,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=round(memory, 2),
        sane=not warnings,
        settings=chosen.settings(),
        warnings=warnings,
    )


def _choose_view(chosen: Choices[ObjectSettings], shape: NDArray[np.float64], finest: float, nearest: float | None) -> None:
    """Twice the usual distance to the nearest neighbor: a piece and what touches it. A piece this far off is another's."""
    if nearest is None:
        side, why = VIEW[1] // 2, "no case has two points"
    else:
        side = 4 * round(float(np.clip(2 * nearest / finest, *VIEW)) / 4)
        why = f"the nearest neighbor of a point is {nearest / finest:.1f} samples away: twice as much is seen"
    flat = int(np.argmin(shape)) if len(shape) == 3 and min(shape) < FLAT else None
    chosen.rule("view", tuple(1 if a == flat else side for a in range(len(shape))), why)


def seconds_a_step(settings: ObjectSettings, *, outputs: int) -> float:
    """Return the median seconds of a step on made-up images."""
    rng = np.random.default_rng(0)
    shape = tuple(4 * n if n > 1 else 1 for n in settings.view)
    volume = two_scales(rng.standard_normal((sum(settings.channels), *shape), dtype=np.float32), wider=settings.wider)
    many = 4 * outputs
    table = ObjectTable(
        case=np.zeros(many, np.intp), index=rng.random((many, len(shape))) * shape, kind=np.arange(many, dtype=np.intp) % outputs
    )
    learner = object_learner(settings, [volume], table, outputs=outputs, steps=100, seed=0)
    learner.step(0)  # the first one allocates
    seconds = []
    for step in range(TIMED):
        began = time.monotonic()
        learner.step(step + 1)
        seconds.append(time.monotonic() - began)
    return float(np.median(seconds))
