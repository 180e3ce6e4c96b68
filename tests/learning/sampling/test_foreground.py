"""The forced share, on cases whose only foreground is a dot."""

import numpy as np

from isocenter.learning.places import CasePlaces
from isocenter.learning.sampling.foreground import ForegroundSampler

DOT = np.array([[50, 50]], np.int32)


def holds(start: tuple[int, ...]) -> bool:
    return all(s <= 50 < s + 4 for s in start)


def test_a_third_of_each_batch_holds_foreground(rng: np.random.Generator) -> None:
    sampler = ForegroundSampler([CasePlaces(shape=(1000, 1000), classes={1: DOT})], (4, 4), rng)
    specs = sampler.draw(6)
    assert [holds(s.start) for s in specs] == [False] * 4 + [True] * 2


def test_forced_patches_come_from_cases_that_have_foreground(rng: np.random.Generator) -> None:
    empty, full = CasePlaces(shape=(60, 60), classes={}), CasePlaces(shape=(60, 60), classes={2: DOT})
    sampler = ForegroundSampler([empty, empty, full], (4, 4), rng, share=1.0)
    assert {s.case for s in sampler.draw(9)} == {2}


def test_classes_are_drawn_evenly_however_large(rng: np.random.Generator) -> None:
    large = np.tile(np.array([[10, 10]], np.int32), (5000, 1))
    sampler = ForegroundSampler([CasePlaces(shape=(60, 60), classes={1: large, 2: DOT})], (4, 4), rng, share=1.0)
    assert 0.4 < np.mean([holds(s.start) for s in sampler.draw(400)]) < 0.6


def test_no_foreground_anywhere_means_uniform_patches(rng: np.random.Generator) -> None:
    sampler = ForegroundSampler([CasePlaces(shape=(60, 60), classes={})], (4, 4), rng, share=1.0)
    assert len({s.start for s in sampler.draw(20)}) > 10
