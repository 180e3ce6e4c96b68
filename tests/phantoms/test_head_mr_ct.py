"""One head in two scanners: the same bone, which MR cannot tell from air."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.core.errors import PlanError
from isocenter.phantoms import PHANTOMS
from isocenter.phantoms.phantom import Seeds

HEAD = PHANTOMS.get("head_mr_ct")
SEEDS = Seeds(anatomy=1, disease=2, pose=3, acquisition=4, demographics=5)


def samples(case, name):
    image = case.clean[name]
    return image.array()[0].astype(float)


def bone(case):
    return case.truths["bone"].labels.array()[0] == 1


@pytest.fixture(scope="module")
def head():
    return HEAD.draw(SEEDS, pixel_mm=2.5, disease=False)


def test_the_bone_of_the_mask_is_bone_in_ct_and_nothing_else_is(head):
    ct, hard = samples(head, "ct"), bone(head)
    assert np.median(ct[ndimage.binary_erosion(hard, structure=np.ones((3, 3, 1)))]) > 300
    assert np.percentile(ct[ndimage.distance_transform_edt(~hard) > 2], 99.5) < 150  # thick slices hold parts of the base


def test_what_mr_shows_as_nothing_is_air_or_bone(head):
    dark = samples(head, "t1") < 0.15 * np.percentile(samples(head, "t1"), 99)
    hu = samples(head, "ct")[dark & ndimage.binary_fill_holes(bone(head))]
    assert (hu > 300).sum() > 50
    assert (samples(head, "ct")[dark] < -900).sum() > 50


def test_air_is_as_dark_as_nothing_and_fluid_is_bright_in_t2_alone(head):
    air = samples(head, "ct") < -900
    assert np.median(samples(head, "t1")[air]) < 0.05 * samples(head, "t1").max()
    fluid = (samples(head, "ct") < 15) & (head.truths["intracranial"].labels.array()[0] == 1)
    inner = head.truths["intracranial"].labels.array()[0] == 1
    assert np.median(samples(head, "t2")[fluid]) > 1.2 * np.median(samples(head, "t2")[inner])
    assert np.median(samples(head, "t1")[fluid]) < np.median(samples(head, "t1")[inner])


def test_both_scans_lie_on_one_grid(head):
    assert head.inputs["t1"].grid.same_as(head.truths["ct"].grid)
    assert (head.truths["ct"].unit, head.inputs["t1"].unit) == ("HU", "1")


def test_another_machine_leaves_the_ct_and_another_scanner_the_mr():
    plain = HEAD.draw(SEEDS, pixel_mm=6.0, machine="sharp", scanner="clear")
    machine = HEAD.draw(SEEDS, pixel_mm=6.0, machine="old", scanner="clear")
    scanner = HEAD.draw(SEEDS, pixel_mm=6.0, machine="sharp", scanner="old")
    np.testing.assert_array_equal(plain.truths["ct"].array(), machine.truths["ct"].array())
    assert not np.array_equal(plain.inputs["t1"].array(), machine.inputs["t1"].array())
    np.testing.assert_array_equal(plain.inputs["t1"].array(), scanner.inputs["t1"].array())
    assert not np.array_equal(plain.truths["ct"].array(), scanner.truths["ct"].array())


def test_a_tumor_is_plain_in_mr_and_hidden_in_ct():
    ill, well = (HEAD.draw(SEEDS, pixel_mm=2.5, machine="sharp", scanner="clear", disease=sick) for sick in (True, False))
    inside = ill.truths["tumor"].labels.array()[0] == 1
    assert inside.sum() > 30
    assert ill.truths["disease"].best == 1
    assert not well.truths["tumor"].labels.array().any()
    change = {name: np.abs(samples(ill, name) - samples(well, name)) for name in ("t2", "ct")}
    far = ndimage.distance_transform_edt(~inside, sampling=ill.inputs["t1"].grid.spacing) > 12
    assert change["t2"][inside].mean() > 0.05 * np.percentile(samples(well, "t2"), 99)
    assert change["ct"][inside].mean() < 20
    assert max(change["t2"][far].max(), change["ct"][far].max()) <= 1


def test_a_shift_moves_ct_and_truths_and_leaves_the_mr():
    still, moved = (HEAD.draw(SEEDS, pixel_mm=4.0, shift_mm=mm) for mm in (0.0, 8.0))
    np.testing.assert_array_equal(still.inputs["t1"].array(), moved.inputs["t1"].array())
    gap = np.array(ndimage.center_of_mass(bone(moved))) - ndimage.center_of_mass(bone(still))
    assert np.hypot(*(gap * still.inputs["t1"].grid.spacing)[:2]) == pytest.approx(8.0, abs=1.0)
    seen = samples(moved, "ct") > 400
    assert (bone(moved) | ~seen).mean() > 0.98


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(PlanError, match="machine"):
        HEAD.draw(SEEDS, machine="sharpp")
    with pytest.raises(PlanError, match="pixel_mm"):
        HEAD.draw(SEEDS, pixel_mm=60.0)
