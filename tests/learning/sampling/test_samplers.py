"""Contracts every registered sampler keeps."""

import json

import numpy as np
import pytest

from isocenter.learning.places import CasePlaces, PatchSpec, Sampler
from isocenter.learning.sampling import SAMPLERS

PATCH = (8, 6)
SHAPES = [(20, 20), (5, 30), (8, 6)]
SETTINGS = {"cased": {"half_life": 3.0}}
"""So short that within seven steps it draws hard places too, and not the foreground alone."""


def sampler(name: str, seed: int = 0) -> Sampler:
    places = [CasePlaces(shape=s, classes={1: np.array([[4, 5]], np.int32)}) for s in SHAPES]
    return SAMPLERS.get(name)(places, PATCH, np.random.default_rng(seed), **SETTINGS.get(name, {}))


def loss_of(spec: PatchSpec) -> float:
    """A loss of its own for every place, some of them easy: what a listening sampler tells places apart by."""
    return float(np.random.default_rng([spec.case, *(100 + s for s in spec.start)]).exponential())


def learned(s: Sampler, *, steps: int, told: bool = True) -> list[tuple[int, tuple[int, ...]]]:
    """Draw and, unless not told, hear the losses, as a training does."""
    made = []
    for _ in range(steps):
        specs = s.draw(3)
        if told:
            s.feedback(specs, [loss_of(spec) for spec in specs])
        made += [(spec.case, spec.start) for spec in specs]
    return made


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
def test_a_sampler_killed_at_step_seven_draws_the_same_twenty_steps(name: str) -> None:
    first, second = sampler(name), sampler(name, seed=1)
    learned(first, steps=7)
    state = json.loads(json.dumps(first.state()))  # plain numbers survive any file
    expected = learned(first, steps=20)
    assert learned(second, steps=20) != expected
    second.restore(state)
    assert learned(second, steps=20) == expected


@pytest.mark.parametrize("name", [name for name in SAMPLERS.names() if SAMPLERS.get(name).listens])
def test_what_a_listening_sampler_heard_before_the_kill_is_in_its_state(name: str) -> None:
    """Losses heard before step seven change the draws after it; else the test above would pass of a state without them."""
    told, untold = sampler(name), sampler(name)
    learned(told, steps=7)
    learned(untold, steps=7, told=False)
    assert learned(told, steps=60) != learned(untold, steps=60)


@pytest.mark.parametrize("name", SAMPLERS.names())
def test_feedback_is_taken(name: str) -> None:
    s = sampler(name)
    specs = s.draw(3)
    s.feedback(specs, [1.0, 2.0, 3.0])
    assert len(s.draw(2)) == 2
