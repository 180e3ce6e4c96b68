"""Half foreground, and of the rest what the network errs on."""

import numpy as np

from isocenter.learning.places import CasePlaces
from isocenter.learning.sampling.selective import SelectiveSampler

CASES = [CasePlaces(shape=(90, 90), classes={1: np.array([[80, 80]], np.int32)}), CasePlaces(shape=(90, 90), classes={})]


def test_hard_background_takes_over_the_other_half(rng: np.random.Generator) -> None:
    sampler = SelectiveSampler(CASES, (6, 6), rng)
    for _ in range(1500):
        specs = sampler.draw(4)
        sampler.feedback(specs, [1.0 if s.case == 1 and s.start[0] < 30 else 0.02 for s in specs])
    specs = sampler.draw(1000)
    lesion = np.mean([s.start == (77, 77) for s in specs])
    hard = np.mean([s.case == 1 and s.start[0] < 30 for s in specs])
    assert 0.45 < lesion < 0.56
    assert hard > 0.35  # a sixth of the places, more than two thirds of the free half
