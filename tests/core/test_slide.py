"""A slide's world begins at its corner, whatever the resolution."""

import pickle

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.core.slide import MAP_UM, HeldSlide, Slide, corner_grid, map_grid, overview, read_at


def slide(um=1.0):
    return HeldSlide(samples=np.random.default_rng(0).integers(0, 255, (3, 64, 48)).astype(np.uint8), finest_um=um, um_per_px=um)


def test_a_coarser_tile_is_the_mean_of_what_it_covers():
    means = slide().samples.reshape(3, 32, 2, 24, 2).mean(axis=(2, 4))
    assert np.abs(slide().read((0.0, 0.0), (32, 24), 2.0).array() - means).max() <= 0.5
    part = slide().read((8.0, 4.0), (5, 6), 2.0)
    assert np.abs(part.array() - means[:, 4:9, 2:8]).max() <= 0.5
    assert part.grid.to_world([[0, 0]])[0].tolist() == [9.0, 5.0]  # the middle of a sample of 2 um from the corner (8, 4)


def test_beside_a_slide_there_is_glass():
    tile = slide().read((-8.0, 40.0), (16, 16), 1.0).array()
    assert (tile[:, :8] == 255).all()
    assert (tile[:, :, 8:] == 255).all()
    assert (tile[:, 8:, :8] == slide().samples[:, :8, 40:]).all()
    assert (slide().read((900.0, 0.0), (4, 4), 1.0).array() == 255).all()


def test_the_overview_lies_on_the_grid_of_the_maps():
    shown = overview(slide())
    assert shown.grid.shape == map_grid(slide()).shape == (8, 6)
    assert shown.grid.spacing == (MAP_UM, MAP_UM)
    assert pickle.loads(pickle.dumps(shown)).array().shape == (3, 8, 6)
    assert isinstance(slide(), Slide)
    assert not isinstance(shown, Slide)


def test_one_place_is_one_place_at_every_resolution():
    fine, coarse = corner_grid((64, 48), 1.0), corner_grid((16, 12), 4.0)
    assert np.allclose(coarse.to_world([[0, 0]]), fine.to_world([[1.5, 1.5]]))


@pytest.mark.parametrize(("words", "um"), [("20x", 0.5), ("40X", 0.25), ("0.5 um", 0.5), ("0.25µm", 0.25)])
def test_magnification_and_size_are_one_thing(words, um):
    assert read_at(words) == um


@pytest.mark.parametrize("words", ["", "20", "x", "0x", "-1 um", "inf um", "20 mm"])
def test_what_is_no_magnification_is_refused(words):
    with pytest.raises(GeometryError, match=r"as 20x or 0.5 um"):
        read_at(words)
