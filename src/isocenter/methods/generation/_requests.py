"""What a generator is asked: one image a case, from a seed.

In:   cases; what makes images of seeds.
Out:  Predictions.

A table of requests gives the seed in a column `seed`; otherwise it is made of the case's key, so that the same case is answered
alike every time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.prediction import Prediction
from isocenter.methods._frame import FrameSettings, as_image

AT_ONCE = 32
SEED = "seed"
MOST = 2**63 - 1
"""Largest seed: what a generator of random numbers takes."""

Sampler = Callable[[Sequence[int]], NDArray[np.floating]]
"""Seeds -> images (N, C, side, side) in [-1, 1]; each image of its seed alone."""


def answers(cases: Iterable[Case], target: str, frame: FrameSettings, sample: Sampler) -> Iterator[Prediction]:
    """Yield one prediction a case. A case whose seed is none is refused."""
    stream = iter(cases)
    while some := list(islice(stream, AT_ONCE)):
        refused = {case.key: seed_refusal(case) for case in some}
        wanted = [case for case in some if not refused[case.key]]
        images = sample([seed_of(case) for case in wanted]) if wanted else ()
        made = {case.key: as_image(image, frame) for case, image in zip(wanted, images, strict=True)}
        for case in some:
            given = {target: made[case.key]} if case.key in made else {}
            yield Prediction(case=case.key, answers=given, refused=refused[case.key] or None)


def seed_of(case: Case) -> int:
    """Return the seed asked for, or that of the case's key. StudyError for what is no whole number from 0 to 2^63 - 1."""
    asked = case.covariates.get(SEED, "")
    if asked == "" or asked != asked:
        return crc32(case.key.encode())
    try:
        number = Decimal(asked)  # exact, where a float would round
        if 0 <= number <= MOST and number == int(number):
            return int(number)
    except InvalidOperation:
        pass
    raise StudyError(f"case {case.key}, column {SEED}: expected a whole number from 0 to 2^63 - 1, got {asked}.")


def seed_refusal(case: Case) -> str:
    """Return why there is no seed, "" where there is one."""
    try:
        seed_of(case)
    except StudyError as error:
        return str(error)
    return ""
