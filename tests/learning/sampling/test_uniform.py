"""Uniform means uniform."""

import numpy as np

from isocenter.learning.places import CasePlaces
from isocenter.learning.sampling.uniform import UniformSampler


def test_every_start_is_as_likely_as_any_other(rng: np.random.Generator) -> None:
    sampler = UniformSampler([CasePlaces(shape=(7,), classes={})], (4,), rng)
    starts = [s.start[0] for s in sampler.draw(4000)]
    assert (np.abs(np.bincount(starts) / 4000 - 0.25) < 0.03).all()
