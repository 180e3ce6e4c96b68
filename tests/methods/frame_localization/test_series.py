"""Series as the methods of frames see them."""

import dataclasses

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.errors import GeometryError, SettingError, StudyError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Target
from isocenter.methods.frame_localization._series import FirstFrame, answer, brought_to, frames_of, image_of, index_of

TARGET = Target(name="ed", type="value", columns=("ed",), unit="frames")


def series(shape=(20, 10), times=6, channels=1):
    grid = dataclasses.replace(plain_grid(shape), times_s=tuple(0.04 * k for k in range(times)))
    return held_image(np.random.default_rng(0).normal(50, 10, (channels, *shape, times)).astype(np.float32), grid)


def case(image, frame=None):
    labels = {} if frame is None else {"ed": Amount(value=frame, unit="frames")}
    return Case(key="a", patient="p", inputs={"cine": image}, labels=labels, covariates={}, regions={})


def test_frames_come_first_in_a_square_of_one_scale():
    frames = frames_of(series(channels=2), 16)
    assert frames.shape == (6, 2, 16, 16)
    inside = frames[:, :, :, 4:12]
    assert abs(float(inside.mean())) < 1e-5
    assert float(inside.std()) == pytest.approx(1.0, abs=1e-4)
    assert (frames[:, :, :, :4] == frames.min()).all()  # the shorter side has room beside it


def test_of_a_volume_over_time_the_middle_plane_is_looked_at():
    flat = series()
    grid = dataclasses.replace(plain_grid((20, 10, 3)), times_s=flat.grid.times_s)
    deep = np.zeros((1, 20, 10, 3, 6), np.float32)
    deep[:, :, :, 1] = flat.array()
    np.testing.assert_array_equal(frames_of(held_image(deep, grid), 16), frames_of(flat, 16))


@pytest.mark.parametrize("count", [5, 10, 23])
def test_another_size_keeps_what_is_even(count):
    np.testing.assert_allclose(brought_to(np.full((2, 10, 10), 3.0, np.float32), (count, 10)), 3.0, rtol=1e-5)


def test_half_as_many_samples_are_means():
    ramp = np.arange(8, dtype=np.float32)[None, :, None] * np.ones((1, 8, 4), np.float32)
    np.testing.assert_allclose(brought_to(ramp, (4, 4))[0, 1:3, 0], [2.5, 4.5], atol=1e-5)


def test_frames_are_counted_as_the_table_counts_them():
    assert index_of(case(series(), 1.0), TARGET, 6, 1) == 0
    assert index_of(case(series(), 5.0), TARGET, 6, 0) == 5
    assert (answer(2.4, TARGET, 1).value, answer(2.4, TARGET, 1).unit) == (3.0, "frames")
    assert np.isnan(index_of(case(series()), TARGET, 6, 0))


def test_a_frame_the_series_does_not_have_is_refused_with_how_to_count():
    with pytest.raises(StudyError, match=r"from 0 to 5.*first: 1"):
        index_of(case(series(), 6.0), TARGET, 6, 0)


def test_a_still_is_no_series():
    with pytest.raises(GeometryError, match="3 or more times"):
        image_of(case(held_image(np.zeros((1, 5, 5)), plain_grid((5, 5)))), ["cine"])
    with pytest.raises(GeometryError, match="one input"):
        image_of(case(series()), ["cine", "other"])


def test_frames_are_counted_from_0_or_1():
    with pytest.raises(SettingError, match="0 or 1"):
        FirstFrame(first=2)
