"""What a generator is asked: one image a case, from a seed.

In:   cases; what makes images of seeds.
Out:  Predictions.

A table of requests gives the seed in a column `seed`, a covariate of the study; otherwise it is made of the case's key, so that
the same case is answered alike every time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.prediction import Prediction
from isocenter.methods._frame import FrameSettings, as_image

AT_ONCE = 32
SEED = "seed"

Sampler = Callable[[Sequence[int]], NDArray[np.floating]]
"""Seeds -> images (N, C, side, side) in [-1, 1]; each image of its seed alone."""


def answers(cases: Iterable[Case], target: str, frame: FrameSettings, sample: Sampler) -> Iterator[Prediction]:
    """Yield one prediction a case."""
    stream = iter(cases)
    while some := list(islice(stream, AT_ONCE)):
        made = sample([seed_of(case) for case in some])
        for case, image in zip(some, made, strict=True):
            yield Prediction(case=case.key, answers={target: as_image(image, frame)})


def seed_of(case: Case) -> int:
    """Return the seed asked for, or that of the case's key."""
    asked = case.covariates.get(SEED)
    if isinstance(asked, int | float) and asked == asked:
        return int(asked)
    return crc32(case.key.encode())
