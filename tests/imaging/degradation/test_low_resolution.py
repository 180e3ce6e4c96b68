"""Low resolution: averages of squares, in their place."""

import numpy as np
import pytest

from isocenter.core.errors import SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.degradation.low_resolution import DEGRADATION


def test_a_ramp_stays_where_it_was():
    ramp = np.repeat(np.arange(15, dtype=np.float32)[:, None], 15, axis=1)[None]
    worse = DEGRADATION.apply(held_image(ramp, plain_grid((15, 15))), seed=0, factor=3).array()
    np.testing.assert_allclose(worse[0, 1:-1], ramp[0, 1:-1], atol=1e-4)


def test_what_alternates_from_pixel_to_pixel_is_lost():
    board = (np.indices((16, 16)).sum(0) % 2).astype(np.float32)[None]
    worse = DEGRADATION.apply(held_image(board, plain_grid((16, 16))), seed=0).array()
    np.testing.assert_allclose(worse, 0.5)


@pytest.mark.parametrize("factor", [1, 2.5, 40])
def test_a_factor_that_leaves_nothing_is_refused(factor):
    with pytest.raises(SettingError, match="factor"):
        DEGRADATION.apply(held_image(np.zeros((1, 16, 16), np.float32), plain_grid((16, 16))), seed=0, factor=factor)
