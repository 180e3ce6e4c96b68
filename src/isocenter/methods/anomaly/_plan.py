"""The plan of a learned anomaly method: frame and budget in, every setting with its reason out.

In:   study, fingerprint, minutes; a config; what makes a learner of it.
Out:  Plan. A few steps are timed on made-up images, so that the estimate is this machine's.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.plan import Plan
from isocenter.core.study import Study
from isocenter.learning.loop import Learner
from isocenter.methods._choices import Choices
from isocenter.methods._framing import put_frame
from isocenter.methods.anomaly._normals import asked
from isocenter.methods.anomaly._settings import DetectorSettings, side_of

STEPS_MOST = 40_000
TIMED = 3
MADE_UP = 8
"""Images the steps are timed on."""

Build = Callable[[NDArray[np.float32], Any, int, int], Learner]
"""(images (N, C, side, side), settings, steps, seed) -> learner."""


def plan_learned(
    study: Study,
    fingerprint: Mapping[str, Any],
    *,
    method: str,
    config: type[DetectorSettings],
    build: Build,
    sane: int,
    minutes: float,
) -> Plan:
    """Choose every setting. sane: below so many steps nothing is learned that is worth a score."""
    started = time.monotonic()
    asked(study)
    chosen: Choices[Any] = Choices(study, config, method=method)
    put_frame(chosen, fingerprint, side=side_of(fingerprint))
    settings = chosen.config()
    seconds = _timed(settings, build)
    left = max(minutes * 60 - (time.monotonic() - started), 0.5 * minutes * 60)
    steps = int(study.settings.get("steps", max(1, min(STEPS_MOST, int(0.9 * left / seconds)))))
    few = f"{steps} steps: below {sane} the score is not worth looking at; give it more time (--time-limit) or steps"
    return Plan(
        method=method,
        seed=study.seed,
        steps=steps,
        minutes=round(steps * seconds / 60, 2),
        gigabytes=1.0,
        sane=steps >= sane,
        settings=chosen.settings(),
        warnings=() if steps >= sane else (few,),
    )


def _timed(settings: DetectorSettings, build: Build) -> float:
    """Return the seconds of a step, from some done on noise; of several phases, those of the first."""
    shape = (MADE_UP, settings.channels, settings.side, settings.side)
    noise = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    learner = build(noise, settings, 10 * TIMED, 0)
    learner.step(0)
    began = time.monotonic()
    for step in range(1, 1 + TIMED):
        learner.step(step)
    return (time.monotonic() - began) / TIMED
