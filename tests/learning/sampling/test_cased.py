"""A curriculum from lesions to the hard rest."""

import numpy as np
import pytest

from isocenter.learning.places import CasePlaces
from isocenter.learning.sampling.cased import CasedSampler

CASES = [CasePlaces(shape=(90, 90), classes={1: np.array([[80, 80]], np.int32)}), CasePlaces(shape=(90, 90), classes={})]


def lesions(specs) -> float:
    return float(np.mean([s.start == (77, 77) for s in specs]))


def test_the_share_of_lesions_halves_until_the_least(rng: np.random.Generator) -> None:
    sampler = CasedSampler(CASES, (6, 6), rng, half_life=1000, least=0.2)
    assert lesions(sampler.draw(20)) > 0.9
    sampler.draw(980)
    assert sampler.share == pytest.approx(0.5)
    assert 0.4 < lesions(sampler.draw(200)) < 0.6
    sampler.draw(5000)
    assert sampler.share == 0.2
