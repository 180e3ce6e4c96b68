"""Places come the oftener the more they cost."""

import json

import numpy as np

from isocenter.learning.hard_places import HardPlaces
from isocenter.learning.places import CasePlaces, PatchSpec

CASES = [CasePlaces(shape=(60, 60), classes={}), CasePlaces(shape=(60, 60), classes={})]


def test_the_hard_case_is_drawn_more_often(rng: np.random.Generator) -> None:
    hard = HardPlaces(CASES, (8, 8), rng)
    for _ in range(3000):
        spec = hard.draw()
        hard.learn(spec, 1.0 if spec.case == 1 else 0.1)
    drawn = [hard.draw().case for _ in range(1000)]
    assert 0.8 < np.mean(drawn) < 0.98


def test_what_costs_nothing_is_not_given_up(rng: np.random.Generator) -> None:
    hard = HardPlaces(CASES, (8, 8), rng)
    for _ in range(5000):
        spec = hard.draw()
        hard.learn(spec, 1.0 if spec.case == 1 else 0.0)
    assert any(hard.draw().case == 0 for _ in range(500))


def test_foreign_patches_and_lost_losses_say_nothing(rng: np.random.Generator) -> None:
    hard = HardPlaces(CASES, (8, 8), rng)
    hard.learn(PatchSpec(case=0, start=(-99, 0)), 5.0)
    hard.learn(hard.draw(), float("nan"))
    assert hard.state()["known"] == []


def test_the_state_is_plain_and_puts_the_weights_back(rng: np.random.Generator) -> None:
    hard = HardPlaces(CASES, (8, 8), rng)
    for i in range(20):
        hard.learn(hard.draw(), float(i))
    again = HardPlaces(CASES, (8, 8), np.random.default_rng(9))
    again.restore(json.loads(json.dumps(hard.state())))
    assert again.state() == hard.state()


def test_easy_places_make_way_for_others_and_hard_ones_stay(rng: np.random.Generator) -> None:
    hard = HardPlaces([CasePlaces(shape=(400, 400), classes={})], (8, 8), rng)
    seen = set()
    for _ in range(4000):
        spec = hard.draw()
        cost = 1.0 if spec.start[0] < 80 else 0.0  # a fifth of the image is hard
        seen.add(spec.start)
        hard.learn(spec, cost)
    assert len(seen) > 300  # of 256 places kept at a time
    last = [hard.draw().start for _ in range(500)]
    assert np.mean([start[0] < 80 for start in last]) > 0.5
    again = HardPlaces([CasePlaces(shape=(400, 400), classes={})], (8, 8), np.random.default_rng(9))
    again.restore(json.loads(json.dumps(hard.state())))
    assert again.state()["moved"] == hard.state()["moved"]
    assert again.state()["weights"] == hard.state()["weights"]
