"""Motion: ghosts along the phase-encoded axis; the contrast stays."""

import numpy as np
import pytest

from isocenter.core.errors import SettingError
from isocenter.imaging.degradation.motion import DEGRADATION

from .test_degradation import picture


def test_ghosts_lie_along_the_second_axis_alone():
    image = picture(slices=1)
    gap = np.abs(DEGRADATION.apply(image, seed=1, moves=4).array() - image.array())[0, :, :, 0]
    assert gap[:, [0, -1]].mean() > 5 * gap[[0, -1], :].mean()  # columns beside the disc are hit, rows above and below it are not


def test_the_mean_is_kept():
    image = picture(slices=1)
    worse = DEGRADATION.apply(image, seed=1).array()
    assert worse.mean() == pytest.approx(image.array().mean(), rel=0.1)


def test_a_move_at_least_is_asked():
    with pytest.raises(SettingError, match="moves"):
        DEGRADATION.apply(picture(), seed=0, moves=0)
