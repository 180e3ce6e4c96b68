"""Numbers that describe an exam: as many as said, and of what they say."""

import numpy as np
import pytest

from isocenter.learning.exam.description import QUANTILES, blocks_of, describe
from isocenter.learning.exam.items import Item


def item(*views, present=None):
    return Item(
        keys=("a",), patient="a", targets=("t",), views=tuple(np.asarray(v, np.float32) for v in views),
        present=np.ones((len(views[0]), len(views)), np.float32) if present is None else np.asarray(present, np.float32),
        where={}, covariates=np.zeros(0, np.float32), truths={}, frames=(),
    )  # fmt: skip


@pytest.mark.parametrize("shape", [(1, 1, 20, 24), (3, 2, 4, 40), (1, 1, 12, 10, 8)])
def test_the_blocks_add_up(shape):
    made = item(np.random.default_rng(0).standard_normal(shape), np.zeros(shape))
    numbers = describe(made, np.arange(5.0))
    assert sum(blocks_of(made, 5)) == len(numbers)
    assert np.array_equal(numbers[:5], np.arange(5.0))
    assert np.isfinite(numbers).all()


def test_a_picture_is_told_by_places_levels_and_roughness():
    ramp = np.repeat(np.linspace(0, 1, 60)[:, None], 60, axis=1)[None, None]  # rises along x, flat along y
    numbers = describe(item(ramp), np.zeros(0))
    coarse, levels, rough = np.split(numbers, [36, 36 + len(QUANTILES)])
    assert coarse.reshape(6, 6)[:, 0] == pytest.approx((np.arange(6) + 0.5) / 6, abs=0.01)
    assert levels == pytest.approx(QUANTILES, abs=0.02)
    assert rough == pytest.approx(np.log([1 / 59 + 1e-3, 1e-3]), abs=1e-3)


def test_noise_is_rougher_than_its_average():
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((1, 1, 32, 32))
    smooth = np.repeat(np.repeat(noise[..., ::4, ::4], 4, axis=2), 4, axis=3)
    assert describe(item(noise), np.zeros(0))[-1] > describe(item(smooth), np.zeros(0))[-1] + 1


def test_an_input_that_is_missing_is_not_a_number_and_leaves_the_others_alone():
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((2, 1, 16, 16)), np.zeros((2, 1, 16, 16))
    whole = describe(item(first), np.zeros(0))
    both = describe(item(first, second, present=[[1, 0], [1, 0]]), np.zeros(0))
    assert np.array_equal(both[: len(whole)], whole)
    assert np.isnan(both[len(whole) :]).all()
    # Of a bag only the images that show an input count.
    one = describe(item(first, second, present=[[1, 0], [0, 0]]), np.zeros(0))
    assert one[: len(whole)] == pytest.approx(describe(item(first[:1]), np.zeros(0)), abs=1e-6)
