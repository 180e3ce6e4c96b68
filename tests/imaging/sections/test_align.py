"""Refinement brings a rough start to its place; a bend that changes areas too much is left out and says so."""

import numpy as np
import pytest

from isocenter.imaging.sections.align import align, bend
from isocenter.imaging.sections.start import Start, starts

from .pair import SIDE, UM, pair
from .test_start import sections

PLACES = SIDE * UM * np.array([[0.35, 0.4], [0.5, 0.5], [0.6, 0.55], [0.4, 0.6]])


def off(made, back):
    return np.linalg.norm(back.move(made.move(PLACES)) - PLACES, axis=1).max()


def test_a_rigid_pair_needs_no_more_than_a_rigid_map():
    fixed, moving, back = sections(turn_deg=37.0)
    made = align(fixed, moving, starts(fixed, moving, turns=24)[0])
    assert off(made.rigid, back) < 0.6 * UM
    assert off(made.affine, back) < 0.8 * UM
    assert not made.refused


def test_the_same_pair_gives_the_same_map():
    fixed, moving, _ = sections(turn_deg=20.0)
    begun = starts(fixed, moving, turns=12)[0]
    first, second = (align(fixed, moving, begun) for _ in range(2))
    np.testing.assert_allclose(first.affine.matrix, second.affine.matrix, rtol=1e-6)  # sums of the metric round as memory lies
    np.testing.assert_allclose(first.affine.offset, second.affine.offset, rtol=0, atol=1e-3)  # of an offset in µm, a thousandth


@pytest.fixture(scope="module")
def bent():
    from isocenter.imaging.sections.density import piece_mask, registered_channel
    from isocenter.imaging.sections.start import Section

    fixed, moving, back = pair(turn_deg=10.0, bend_um=16.0)
    made = [
        Section(channel=registered_channel(p, stain, "hematoxylin", um=UM), mask=piece_mask(p), um=UM)
        for p, stain in ((fixed, "he"), (moving, "hdab"))
    ]
    return made, back, align(*made, starts(*made, turns=36)[0])


def test_a_bend_goes_where_an_affine_cannot(bent):
    (fixed, moving), back, linear = bent
    found = bend(fixed, moving, linear.affine, mesh=4, bound=2.0)
    assert found.mesh == 4
    assert off(found.map, back) < 0.5 * off(linear.affine, back)
    assert 0.5 <= found.jacobian[0] <= 1 <= found.jacobian[1] <= 2


def test_a_bend_beyond_its_bound_is_left_out(bent):
    (fixed, moving), _, linear = bent
    found = bend(fixed, moving, linear.affine, mesh=4, bound=1.001)
    assert found.map is None
    assert "changes areas too much" in found.refused[0]
    assert bend(fixed, moving, linear.affine, mesh=0, bound=2.0).refused == ()


def test_sections_that_do_not_meet_are_no_pair():
    from isocenter.imaging.sections.align import NoOverlap
    from isocenter.imaging.sections.plane_map import affine_map

    fixed, moving, _ = sections(turn_deg=0.0)
    with pytest.raises(NoOverlap):
        align(fixed, moving, Start(turn_deg=0, map=affine_map(np.eye(2), (1e5, 0.0)), score=0))
