"""An image on other samples of its world."""

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.imaging.image_on import image_on


def wave(n, spacing):
    grid = plain_grid((n, 8), spacing=(spacing, 1.0), world="plane_mm")
    x = grid.to_world(np.stack([np.arange(n), np.zeros(n)], axis=1))[:, 0]
    return held_image(np.repeat(np.sin(x / 3.0)[None, :, None], 8, axis=2).astype(np.float32), grid)


def test_a_smooth_image_arrives_on_other_samples_as_if_it_had_been_taken_there():
    coarse, fine = wave(40, 1.0), wave(50, 0.75)
    moved = image_on(coarse, fine.grid).array()
    inside = np.isfinite(moved)
    assert inside.mean() > 0.9
    assert np.abs(moved - fine.array())[inside].max() < 0.02


def test_nothing_is_made_up_beyond_what_it_shows():
    moved = image_on(wave(20, 1.0), wave(50, 1.0).grid).array()
    assert np.isnan(moved[0, 21:]).all()


@pytest.mark.parametrize("world", ["px", "plane_mm"])
def test_an_image_of_another_world_or_the_same_samples_stays_as_it_is(world):
    image = wave(20, 1.0)
    grid = image.grid if world == "plane_mm" else plain_grid((20, 8))
    assert image_on(image, grid) is image
