"""Contracts every registered sampler keeps."""

import json

import numpy as np
import pytest

from isocenter.learning.places import CasePlaces, Sampler
from isocenter.learning.sampling import SAMPLERS

PATCH = (8, 6)
SHAPES = [(20, 20), (5, 30), (8, 6)]


def sampler(name: str, seed: int = 0) -> Sampler:
    places = [CasePlaces(shape=s, classes={1: np.array([[4, 5]], np.int32)}) for s in SHAPES]
    return SAMPLERS.get(name)(places, PATCH, np.random.default_rng(seed))


def drawn(s: Sampler, times: int) -> list[tuple[int, tuple[int, ...]]]:
    return [(spec.case, spec.start) for _ in range(times) for spec in s.draw(3)]


@pytest.mark.parametrize("name", SAMPLERS.names())
def test_patches_stay_inside_the_image_or_hold_all_of_it(name: str) -> None:
    for case, start in drawn(sampler(name), 100):
        for first, size, available in zip(start, PATCH, SHAPES[case], strict=True):
            low, high = sorted((0, available - size))
            assert low <= first <= high


@pytest.mark.parametrize("name", SAMPLERS.names())
def test_every_case_is_seen(name: str) -> None:
    assert {case for case, _ in drawn(sampler(name), 10)} == {0, 1, 2}


@pytest.mark.parametrize("name", SAMPLERS.names())
def test_a_restored_sampler_draws_the_same_twenty(name: str) -> None:
    first, second = sampler(name), sampler(name, seed=1)
    drawn(first, 7)
    state = json.loads(json.dumps(first.state()))  # plain numbers survive any file
    expected = drawn(first, 20)
    assert drawn(second, 20) != expected
    second.restore(state)
    assert drawn(second, 20) == expected


@pytest.mark.parametrize("name", SAMPLERS.names())
def test_feedback_is_taken(name: str) -> None:
    s = sampler(name)
    specs = s.draw(3)
    s.feedback(specs, [1.0, 2.0, 3.0])
    assert len(s.draw(2)) == 2
