"""What grew: where tissue goes, how bright it is, and that its noise does not tell it."""

import numpy as np
import pytest

from isocenter.learning.anomaly.growth import grown, noise_of, pushed

SIDE, CENTER = 64, 32
X, Y = np.indices((SIDE, SIDE))
FAR = np.hypot(X - CENTER, Y - CENTER)
BLOB = (FAR <= 6).astype(np.float32)


def test_a_ring_at_the_border_moves_outward_by_the_shift_and_one_far_away_stays():
    image = np.stack([np.exp(-((FAR - r) ** 2) / 2) for r in (6, 26)]).astype(np.float32)
    moved = pushed(image, BLOB, shift=3.0, reach=3.0)
    along = np.argmax(moved[:, CENTER, CENTER:], axis=1)
    # What lay at 6 (the border) is where r - 3 exp(-(r - 6) / 3) = 6, at 7.68; at 26 it moved by less than 0.01.
    np.testing.assert_array_equal(along, [8, 26])


def test_no_shift_changes_nothing():
    image = np.random.default_rng(0).standard_normal((2, SIDE, SIDE)).astype(np.float32)
    np.testing.assert_allclose(pushed(image, BLOB, shift=0.0, reach=5.0), image, atol=1e-5)


@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_the_noise_of_an_image_is_found_whatever_it_shows_slowly(noise):
    image = (np.sin(X / 9) * 0.4 + noise * np.random.default_rng(1).standard_normal((1, SIDE, SIDE))).astype(np.float32)
    assert noise_of(image, shown=-2.0) == pytest.approx(noise, rel=0.12)


def test_an_image_that_shows_nothing_has_no_noise():
    assert noise_of(np.full((1, 8, 8), -1.0, np.float32), shown=-0.8) == 0.0


def test_what_grew_is_as_bright_as_what_lies_around_it_and_as_noisy():
    rng = np.random.default_rng(2)
    image = (0.3 + 0.05 * rng.standard_normal((1, SIDE, SIDE))).astype(np.float32)
    other = (-0.4 + 0.05 * rng.standard_normal((1, SIDE, SIDE))).astype(np.float32)
    inside = BLOB > 0
    means, deviations = [], []
    for seed in range(20):
        _, filling = grown(image, BLOB, other, shown=-0.8, random=np.random.default_rng(seed))
        means.append(filling[0, inside].mean())
        deviations.append(filling[0, inside].std())
    assert np.mean(means) == pytest.approx(0.3, abs=0.01)
    assert np.mean(deviations) == pytest.approx(0.05, rel=0.1)


def test_folds_are_gone_where_something_grew():
    image = np.tile(np.where(np.arange(SIDE) % 6 < 1, -0.6, 0.5).astype(np.float32), (1, SIDE, 1))
    flat = np.zeros((1, SIDE, SIDE), np.float32)
    _, filling = grown(image, BLOB, flat, shown=-0.8, random=np.random.default_rng(0))
    assert filling[0, BLOB > 0].mean() == pytest.approx(0.5, abs=0.1)  # the median is the tissue's, not the folds'
