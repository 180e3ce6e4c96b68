"""Degradations: what every one keeps, and that each does to the noise what its physics says."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError, PlanError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.degradation import DEGRADATIONS
from isocenter.imaging.degradation.degradation import share_of

UNITS = {"low_dose": "HU"}


def picture(unit="1", *, side=48, slices=2):
    x, y = np.indices((side, side)) - (side - 1) / 2
    disc = np.where(np.hypot(x, y) < 0.4 * side, 1000.0, 0.0) + np.where(np.hypot(x - 5, y) < 4, 60.0, 0.0)
    samples = np.repeat((disc - (1000 if unit == "HU" else 0))[None, :, :, None], slices, axis=3).astype(np.float32)
    return held_image(samples, plain_grid((side, side, slices), spacing=(1.5, 1.5, 3.0), world="ras_mm"), unit=unit)


@pytest.mark.parametrize("name", DEGRADATIONS.names())
def test_the_same_seed_gives_the_same_worse_image_on_the_same_grid(name):
    recipe, image = DEGRADATIONS.get(name), picture(UNITS.get(name, "1"))
    first, again, other = (recipe.apply(image, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.array(), again.array())
    assert first.grid == image.grid
    assert (first.unit, first.shape) == (image.unit, image.shape)
    assert name in first.note
    assert not np.array_equal(first.array(), image.array())
    assert name == "low_resolution" or not np.array_equal(first.array(), other.array())


@pytest.mark.parametrize("name", DEGRADATIONS.names())
def test_an_option_it_does_not_have_is_refused(name):
    with pytest.raises(PlanError, match="option of degradation"):
        DEGRADATIONS.get(name).apply(picture(UNITS.get(name, "1")), seed=0, dosse=1)


def test_times_and_unknown_samples_are_refused():
    samples = np.zeros((1, 8, 8), np.float32)
    samples[0, 0, 0] = np.nan
    with pytest.raises(GeometryError, match="finite"):
        DEGRADATIONS.get("rician").apply(held_image(samples, plain_grid((8, 8))), seed=0)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "half"])
def test_a_share_lies_above_0_and_at_most_1(value):
    with pytest.raises(PlanError, match="dose"):
        share_of({"dose": value}, "dose")
