"""Each class is seen as often as the background."""

import numpy as np

from isocenter.learning.places import CasePlaces
from isocenter.learning.sampling.balanced import BalancedSampler


def test_classes_come_in_equal_numbers_however_rare(rng: np.random.Generator) -> None:
    rare = CasePlaces(shape=(200, 200), classes={1: np.array([[100, 100]], np.int32)})
    common = CasePlaces(shape=(200, 200), classes={2: np.array([[20, 20]], np.int32)})
    specs = BalancedSampler([rare] + [common] * 9, (4, 4), rng).draw(300)
    near = {(98, 98): 0, (18, 18): 0}
    for spec in specs:
        if spec.start in near:
            near[spec.start] += 1
    assert near == {(98, 98): 100, (18, 18): 100}
