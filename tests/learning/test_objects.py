"""One object of an image: cut out, and once more with its surroundings, in the middle of both frames."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.core.study import Target
from isocenter.learning.exam.covariates import CovariateTable
from isocenter.learning.exam.items import FrameConfig, make_item
from isocenter.learning.exam.placement import box_about, into_frame, place_box, within
from isocenter.learning.heads.linear import Linear

TARGET = Target(name="n", type="value", columns="n", scope="box:place")


def item(center, *, shape=(40, 40), spacing=None, inputs=("x",), here=("x",), half=2, **changes):
    """An object of 2 half + 1 samples a side, of brightness 1 on 0, in an image with one far bright spot."""
    grid = plain_grid(shape, spacing=spacing)
    inside = np.zeros(shape, np.uint8)
    inside[tuple(slice(max(0, c - half), c + half + 1) for c in center)] = 1
    image = held_image(inside[None].astype(np.float32), grid)
    case = Case(
        key="a", patient="a", inputs=dict.fromkeys(here, image), labels={"n": Amount(value=1.0, unit="1")}, covariates={},
        regions={"place": held_mask(inside, grid, ("outside", "inside"))},
    )  # fmt: skip
    frame = FrameConfig(
        inputs=inputs, channels=(1,) * len(inputs), size=(20,) * len(shape), schemes=("none",) * len(inputs), crop=True, **changes
    )
    return make_item([case], [TARGET], frame, heads={"n": Linear(unit="1")}, covariates=CovariateTable())


def middle_of(view):
    """Return the center of what is bright, as a share of the frame, and the share of the frame that is."""
    bright = view[0, 0] > 0.5
    where = np.argwhere(bright)
    return (where.mean(axis=0) + 0.5) / np.array(bright.shape), bright.mean()


@pytest.mark.parametrize("center", [(20, 20), (2, 20), (2, 2), (37, 3)])
def test_an_object_lies_in_the_middle_of_its_cut_and_of_its_surroundings_at_the_border_too(center):
    made = item(center, margin=0.4, context=3.0)
    assert len(made.views) == 2
    cut, around = made.views
    for view in (cut, around):
        place, _ = middle_of(view)
        assert place == pytest.approx([0.5, 0.5], abs=0.08)
    assert middle_of(cut)[1] == pytest.approx((5 / 9) ** 2, abs=0.08)
    assert middle_of(around)[1] == pytest.approx((5 / 27) ** 2, abs=0.02)


def test_in_a_volume_both_are_cubes_about_the_object():
    made = item((10, 12, 14), shape=(30, 30, 30), margin=0.4, context=2.0)
    cut, around = made.views
    assert cut.shape == around.shape == (1, 1, 20, 20, 20)
    assert middle_of(cut)[0] == pytest.approx([0.5] * 3, abs=0.06)
    assert middle_of(around)[1] == pytest.approx((5 / 18) ** 3, abs=0.01)


def test_surroundings_are_views_that_are_there_where_their_input_is():
    made = item((20, 20), inputs=("x", "y"), here=("x",), context=3.0)
    assert made.present.tolist() == [[1.0, 0.0, 1.0, 0.0]]
    assert (made.views[1] == 0).all()
    assert (made.views[3] == 0).all()
    assert made.where == {}  # a place of the features is not one place of the image


def test_a_least_width_keeps_the_scale_of_small_objects():
    small, large = (item((20, 20), half=half, spacing=(0.5, 0.5), least=10.0) for half in (1, 4))  # 10 units are 20 samples
    assert middle_of(small.views[0])[1] == pytest.approx((3 / 20) ** 2, abs=0.01)
    assert middle_of(large.views[0])[1] == pytest.approx((9 / 20) ** 2, abs=0.02)


def test_a_box_beyond_the_image_keeps_place_and_scale_of_what_is_inside():
    image = np.arange(1, 11, dtype=np.float32)[None].repeat(10, axis=0)[None]  # (1, 10, 10)
    mask = np.zeros((10, 10), bool)
    mask[0:2, 4:6] = True
    box = box_about(mask, margin=0.5, least=(0, 0), times=2.0)
    assert box == ((-3, 5), (1, 9))
    placed = within(place_box((10, 10), box, (16, 16), samples=(16.0, 16.0)))
    assert placed.box == ((0, 5), (1, 9))
    assert placed.start == (6, 0)
    assert placed.scaled == (10, 16)
    framed = into_frame(image, placed, fill=-1.0)
    assert (framed[0, :6] == -1).all()
    assert framed[0, 6:, 0] == pytest.approx(2.0, abs=0.3)
    assert box_about(np.zeros((4, 4), bool), margin=0.1, least=(9, 9)) == ((0, 4), (0, 4))
