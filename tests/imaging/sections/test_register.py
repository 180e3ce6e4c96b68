"""From two pictures to a map; strangers are known as such."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.imaging.sections.register import register

from .pair import SIDE, UM, pair, stained
from .test_align import off


def test_a_pair_is_laid_on_one_another():
    fixed, moving, back = pair(turn_deg=130.0)
    made = register(fixed, moving, um=UM, stains=("he", "hdab"), mesh=4)
    assert made.likeness.aligned
    assert made.used == "bent"
    assert off(made.map, back) < 1.5 * UM
    assert off(made.map, back) < 0.2 * off(made.maps["identity"], back)
    assert list(made.maps) == ["identity", "moments", "rigid", "affine", "bent"]


def test_a_section_upside_down_is_found_only_if_one_looks():
    fixed, moving, back = pair(turn_deg=15.0, over=True, bend_um=0.0)
    made = register(fixed, moving, um=UM, stains=("he", "hdab"), mesh=0, turn_over=True)
    assert made.turned_over
    assert made.likeness.aligned
    assert off(made.map, back) < UM
    assert not register(fixed, moving, um=UM, stains=("he", "hdab"), mesh=0).likeness.aligned


def test_strangers_are_not_aligned():
    fixed, moving, _ = pair(other_seed=99)
    assert not register(fixed, moving, um=UM, stains=("he", "hdab"), mesh=3).likeness.aligned


def test_an_empty_slide_is_refused():
    fixed, _, _ = pair()
    empty = stained(np.zeros((2, SIDE, SIDE)), (0.3, 0.5, 0.8))
    with pytest.raises(GeometryError, match="tissue on the moving slide"):
        register(fixed, empty, um=UM, stains=("he", "hdab"))
