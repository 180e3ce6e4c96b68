"""Images for encoders: only those that are there, never one alone."""

import pytest

from isocenter.learning.exam.unlabelled import Unlabelled

from .test_exam import case, item, lesson


def test_one_encoder_sees_all_views_and_no_filling():
    bag = item(case("a"), case("bb"), case("ccc"))
    made = Unlabelled(lesson([bag, item(case("dddd"))], batch=2), (1,), joined=True, constant=4)
    (images,) = made.draw()
    assert images.shape == (4, 5, 16, 16)  # three and one; four channels of covariates
    assert made.channels == (5,)
    assert (images[:, 1:] == 0).all()


@pytest.mark.parametrize("shown", [("x",), ("y",), ("x", "y")])
def test_an_encoder_of_one_view_sees_it_where_it_is_there(shown):
    made = Unlabelled(lesson([item(case(inputs=shown), inputs=("x", "y"), channels=(1, 1))], batch=1), (1, 1), joined=False)
    for name, images in zip("xy", made.draw(), strict=True):
        if name not in shown:
            assert images is None
        else:
            assert images.shape == (2, 1, 16, 16)  # one alone comes twice
            assert images.std() > 0.5
