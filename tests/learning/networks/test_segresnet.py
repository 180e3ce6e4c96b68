"""SegResNet's own promises."""

import pytest

from isocenter.core.errors import PlanError
from isocenter.learning.networks.segresnet import NETWORK, SegResNetConfig


def test_each_level_below_the_first_halves_the_patch() -> None:
    assert NETWORK.divisor(SegResNetConfig(dimensions=2, blocks_down=(1, 1, 1))) == (4, 4)


def test_a_width_that_its_groups_cannot_share_is_refused() -> None:
    with pytest.raises(PlanError, match="multiple of 8"):
        SegResNetConfig(width=12)
