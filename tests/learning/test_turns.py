"""A deck."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.learning.turns import Turns


def test_each_comes_once_before_any_comes_again(rng: np.random.Generator) -> None:
    turns = Turns([3, 5, 8], rng)
    for _ in range(4):
        assert sorted(turns.next() for _ in range(3)) == [3, 5, 8]


def test_an_empty_deck_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(PlanError):
        Turns([], rng)
