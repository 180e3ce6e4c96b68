"""The start finds the turn of any pair; moments find it where the piece is long."""

import numpy as np
import pytest

from isocenter.imaging.sections.density import piece_mask, registered_channel
from isocenter.imaging.sections.start import Section, moments_start, starts

from .pair import SIDE, UM, pair


def sections(**options):
    fixed, moving, back = pair(bend_um=0.0, **options)
    made = [
        Section(channel=registered_channel(p, stain, "hematoxylin", um=UM), mask=piece_mask(p), um=UM)
        for p, stain in ((fixed, "he"), (moving, "hdab"))
    ]
    return (*made, back)


def error(found, back):
    """Largest distance of the corners of the middle from where they belong, um."""
    corners = SIDE * UM * np.array([[0.4, 0.4], [0.6, 0.4], [0.4, 0.6], [0.6, 0.6]])
    return np.linalg.norm(back.move(found.map.move(corners)) - corners, axis=1).max()


@pytest.mark.parametrize("turn", [0.0, 45.0, 120.0, -75.0])
def test_the_turn_and_the_place_are_found(turn):
    fixed, moving, back = sections(turn_deg=turn)
    found = starts(fixed, moving, turns=24)
    assert len(found) == 24
    assert found[0].score > found[1].score
    assert (found[0].turn_deg + turn) % 360 == pytest.approx(0, abs=1) or (found[0].turn_deg + turn) % 360 > 359
    assert error(found[0], back) < 4 * UM


def test_moments_lay_the_long_axis_along_the_long_axis():
    fixed, moving, back = sections(turn_deg=30.0)
    assert error(moments_start(fixed, moving), back) < 4 * UM
