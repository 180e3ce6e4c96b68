"""Degradations: what every one keeps, and that each does to the noise what its physics says."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError, SettingError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.degradation import DEGRADATIONS
from isocenter.imaging.degradation.degradation import share_of

UNITS = {"low_dose": "HU"}
SETTLED = ("low_resolution", "thick_slices")
"""Those that draw nothing by default."""


def picture(unit="1", *, side=48, slices=2):
    x, y = np.indices((side, side)) - (side - 1) / 2
    disc = np.where(np.hypot(x, y) < 0.4 * side, 1000.0, 0.0) + np.where(np.hypot(x - 5, y) < 4, 60.0, 0.0)
    samples = np.repeat((disc - (1000 if unit == "HU" else 0))[None, :, :, None], slices, axis=3).astype(np.float32)
    return held_image(samples, plain_grid((side, side, slices), spacing=(1.5, 1.5, 2.5), world="ras_mm"), unit=unit)


@pytest.mark.parametrize("name", DEGRADATIONS.names())
def test_the_same_seed_gives_the_same_worse_image_in_the_same_place(name):
    recipe, image = DEGRADATIONS.get(name), picture(UNITS.get(name, "1"), slices=8)
    first, again, other = (recipe.apply(image, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.array(), again.array())
    if recipe.stacker is None:
        assert first.grid == image.grid
        assert not np.array_equal(first.array(), image.array())
    corners = [[-0.5] * 3], [[n - 0.5 for n in first.grid.shape]]
    outer = [image.grid.to_index(first.grid.to_world(corner))[0] for corner in corners]
    np.testing.assert_allclose(outer[0], -0.5)  # nothing lies where nothing was
    assert (outer[1] <= np.array(image.grid.shape) - 0.5 + 1e-9).all()
    assert (first.unit, first.channels, first.grid.world) == (image.unit, image.channels, image.grid.world)
    assert name in first.note
    assert name in SETTLED or not np.array_equal(first.array(), other.array())


@pytest.mark.parametrize("name", DEGRADATIONS.names())
def test_an_option_it_does_not_have_is_refused(name):
    with pytest.raises(SettingError, match="option of degradation"):
        DEGRADATIONS.get(name).apply(picture(UNITS.get(name, "1")), seed=0, dosse=1)


@pytest.mark.parametrize("name", DEGRADATIONS.names())
def test_a_value_of_another_kind_is_refused(name):
    recipe = DEGRADATIONS.get(name)
    for option, default in recipe.options.items():
        with pytest.raises(SettingError, match=option):
            recipe.apply(
                picture(UNITS.get(name, "1"), slices=8), seed=0, **{option: 3 if isinstance(default, bool | str) else "abc"}
            )


def test_times_and_unknown_samples_are_refused():
    samples = np.zeros((1, 8, 8), np.float32)
    samples[0, 0, 0] = np.nan
    with pytest.raises(GeometryError, match="finite"):
        DEGRADATIONS.get("rician").apply(held_image(samples, plain_grid((8, 8))), seed=0)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "half"])
def test_a_share_lies_above_0_and_at_most_1(value):
    with pytest.raises(SettingError, match="dose"):
        share_of({"dose": value}, "dose")
