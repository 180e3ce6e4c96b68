"""Short-axis stack: volumes on thick and on thin slices, and what breath-holds move."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds

STACK = PHANTOMS.get("cardiac_stack")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def scan(**options):
    return STACK.draw(SEEDS, **{"size": 48, "scanner": "sharp", "slice_mm": 8.0, **options})


def millilitres(case):
    heart = case.truths["heart"]
    return heart.region("cavity").sum() * np.prod(heart.grid.spacing) / 1000


def test_the_volume_of_the_fine_mask_is_that_of_the_heart():
    case = scan(grid="fine")
    assert millilitres(case) == pytest.approx(case.truths["cavity_volume"].value, rel=0.06)


def test_thick_and_fine_show_the_same_heart():
    thick, fine = scan(), scan(grid="fine")
    thin = fine.inputs["mr"].grid.shape[2] // thick.inputs["mr"].grid.shape[2]
    assert thin == 3
    assert fine.truths["fine"].grid.same_as(fine.inputs["mr"].grid)
    assert millilitres(thick) == pytest.approx(millilitres(fine), rel=0.06)
    near = np.abs(fine.inputs["mr"].array()[:, :, :, 1::3].astype(float) - thick.inputs["mr"].array())
    assert near.max() <= 0.5  # the middle plane of three is the slice itself


def test_the_slices_are_as_thick_as_asked_and_reach_beyond_both_ends():
    for thick in (8.0, 10.0):
        heart = scan(slice_mm=thick).truths["heart"]
        assert heart.grid.spacing[2] == pytest.approx(thick)
        assert not heart.region("cavity")[:, :, [0, -1]].any()


def test_breath_holds_move_slices_and_not_the_truth_in_thin_ones():
    still, moved = scan(), scan(shift_mm=5.0)
    np.testing.assert_array_equal(still.truths["fine"].array(), moved.truths["fine"].array())
    middle = still.truths["heart"].grid.shape[2] // 2
    where = [np.argwhere(c.truths["heart"].region("cavity")[:, :, middle]).mean(0) for c in (still, moved)]
    assert np.abs(where[0] - where[1]).max() > 0.5


def test_a_slice_is_the_mean_of_the_thin_ones_within_it():
    case = scan()
    thick, thin = case.clean["mr"].array()[0].astype(float), case.truths["fine"].array()[0].astype(float)
    mean = thin.reshape(*thick.shape, 3).mean(-1)
    assert np.abs(mean - thick).max() <= 2


@pytest.mark.parametrize(("options", "said"), [({"slice_mm": 0.5}, "pixel's width"), ({"grid": "thin"}, "thick or fine")])
def test_what_it_cannot_draw_is_refused(options, said):
    with pytest.raises(PlanError, match=said):
        scan(**options)
