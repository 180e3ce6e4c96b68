"""How long a training step of the U-Net takes on this machine, augmentation included.

In:   settings, and the size of the cases. Out: seconds, from steps really done on made-up images.
"""

import math
import time

import numpy as np

from isocenter.core.errors import PlanError
from isocenter.core.grid import plain_grid
from isocenter.learning.preparation import Prepared
from isocenter.methods.segmentation._unet_config import UNetSettings
from isocenter.methods.segmentation._unet_learner import build_learner

CASES = 4
TIMED = 3
ENOUGH_S = 6.0
"""Slow steps are timed once or twice, not three times."""


def seconds_a_step(settings: UNetSettings, *, classes: int, shape: tuple[int, ...]) -> float:
    """Return the median seconds of a step; infinity when a fast variant does not run here. PlanError when the plain one does not.

    shape : samples per axis of a usual case
    """
    plain = settings.precision == "float32" and not settings.compiled
    rng = np.random.default_rng(0)
    shape = tuple(min(n, 2 * p) for n, p in zip(shape, settings.patch, strict=True))  # patches are what costs, not volumes
    channels = sum(settings.channels)
    cases = [
        Prepared(
            key=str(i),
            image=rng.standard_normal((channels, *shape), dtype=np.float32),
            grid=plain_grid(shape),
            target=rng.integers(0, classes, shape, dtype=np.int16),
        )
        for i in range(CASES)
    ]
    outputs = classes
    if settings.loss.startswith("binary"):
        outputs = classes - 1
        cases = [
            Prepared(key=c.key, image=c.image, grid=c.grid, target=rng.integers(0, 2, (outputs, *shape), dtype=np.int16))
            for c in cases
        ]
    try:
        learner = build_learner(settings, classes=outputs, cases=cases, steps=100, seed=0)
        learner.step(0)  # the first one allocates, and compiles where asked to
        seconds: list[float] = []
        while len(seconds) < TIMED and sum(seconds) < ENOUGH_S:
            started = time.monotonic()
            learner.step(len(seconds) + 1)
            seconds.append(time.monotonic() - started)
    except (RuntimeError, ImportError, OSError) as error:
        if plain:
            raise PlanError(
                f"no training step could be done with these settings: {str(error).splitlines()[0]}. "
                "Look at patch, strides, kernels and widths, or leave them to the plan."
            ) from error
        return math.inf  # no compiler, no kernel for this precision: the variant is not for this machine
    return float(np.median(seconds))
