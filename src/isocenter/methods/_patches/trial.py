"""How long a training step of a network of patches takes on this machine, augmentation included.

In:   settings, what a target looks like, the size of the cases. Out: seconds, from steps really done on made-up images.
"""

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from isocenter.core.errors import PlanError
from isocenter.core.grid import plain_grid
from isocenter.learning.preparation import Prepared
from isocenter.learning.regularizer import Regularizer
from isocenter.methods._patches.learner import build_learner
from isocenter.methods._patches.settings import PatchTraining

CASES = 4
TIMED = 3
ENOUGH_S = 6.0
"""Slow steps are timed once or twice, not three times."""


MakeTarget = Callable[[np.random.Generator, tuple[int, ...]], NDArray[Any]]
"""(generator, (*S)) -> a target of random content: (*S) classes, or (K, *S) regions or maps."""


def seconds_a_step(
    settings: PatchTraining,
    *,
    build: Callable[[], nn.Module],
    make_target: MakeTarget,
    shape: tuple[int, ...],
    middle: bool = False,
    regularize: Callable[[], Regularizer | None] = lambda: None,
) -> float:
    """Return the median seconds of a step; infinity when a fast variant does not run here. PlanError when the plain one does not.

    build      : makes the network
    shape      : samples per axis of a usual case
    middle     : the network answers for the middle sample of a patch alone
    regularize : makes what adds its cost to the loss, where something does
    """
    plain = settings.precision == "float32" and not settings.compiled
    rng = np.random.default_rng(0)
    shape = tuple(min(n, 2 * p) for n, p in zip(shape, settings.patch, strict=True))  # patches are what costs, not volumes
    cases = [
        Prepared(
            key=str(i),
            image=rng.standard_normal((sum(settings.channels), *shape), dtype=np.float32),
            grid=plain_grid(shape),
            target=make_target(rng, shape),
        )
        for i in range(CASES)
    ]
    try:
        learner = build_learner(settings, build=build, cases=cases, steps=100, seed=0, middle=middle, regularizer=regularize())
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
