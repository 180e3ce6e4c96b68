"""Low count: Poisson on the image's own scale."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.degradation.low_count import DEGRADATION


def flat(value):
    return held_image(np.full((1, 64, 64), value, np.float32), plain_grid((64, 64)))


def test_variance_is_the_mean_over_the_counts_a_unit():
    worse = DEGRADATION.apply(flat(5.0), seed=0, counts=400.0, share=0.25).array()
    assert worse.mean() == pytest.approx(5.0, rel=0.01)
    assert worse.std() == pytest.approx(5.0 / np.sqrt(100), rel=0.05)


def test_nothing_stays_nothing_and_negative_activity_is_refused():
    assert not DEGRADATION.apply(flat(0.0), seed=0).array().any()
    with pytest.raises(GeometryError, match="0 and more"):
        DEGRADATION.apply(flat(-1.0), seed=0)
