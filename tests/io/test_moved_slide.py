"""A moved slide shows each place where the map puts it, at every resolution."""

import numpy as np
import pytest

from isocenter.core.slide import HeldSlide, Slide, corner_grid
from isocenter.imaging.sections.plane_map import PlaneMap, affine_map
from isocenter.io.moved_slide import MovedSlide

RNG = np.random.default_rng(0)


def smooth(width=220, height=180):
    x, y = np.meshgrid(np.arange(width), np.arange(height), indexing="ij")
    return np.stack([128 + 100 * np.sin(x / 15), 128 + 100 * np.cos(y / 12), 128 + 90 * np.sin((x + y) / 20)]).astype(np.uint8)


def moved(place, samples=None, um=1.0, shape=(200, 160)):
    slide = HeldSlide(samples=smooth() if samples is None else samples, finest_um=um, um_per_px=um)
    return MovedSlide(slide=slide, grid=corner_grid(shape, um), um_per_px=um, place=place)


def test_no_map_shows_the_slide_itself():
    found = moved(affine_map(np.eye(2), (0, 0)).move)
    assert isinstance(found, Slide)
    np.testing.assert_array_equal(found.read((20.0, 30.0), (64, 48), 1.0).array(), smooth()[:, 20:84, 30:78])


def test_a_shift_shows_the_place_it_points_to_and_white_beside():
    tile = moved(affine_map(np.eye(2), (-40.0, 0)).move).read((0.0, 0.0), (100, 50), 1.0).array()
    assert (tile[:, :39] == 255).all()
    np.testing.assert_array_equal(tile[:, 40:], smooth()[:, :60, :50])
    far = moved(affine_map(np.eye(2), (9000.0, 0)).move).read((0.0, 0.0), (30, 30), 1.0).array()
    assert (far == 255).all()


@pytest.mark.parametrize("step", [1.0, 2.0])
def test_a_bent_map_is_followed_within_a_gray_level(step):
    from scipy.ndimage import map_coordinates

    field = 4 * np.stack([np.sin(np.arange(30) / 4)[:, None] * np.ones(25), np.ones((30, 1)) * np.cos(np.arange(25) / 4)])
    made = PlaneMap(
        matrix=np.array([[0.96, -0.2], [0.2, 0.97]]), offset=np.array([20.0, 3.0]), field=field, origin=(4.0, 4.0), step=8.0
    )
    tile = moved(made.move).read((16.0, 24.0), (48, 40), step).array().astype(float)
    at = np.stack(np.meshgrid(16 + step * (np.arange(48) + 0.5), 24 + step * (np.arange(40) + 0.5), indexing="ij"), -1).reshape(
        -1, 2
    )
    index = (made.move(at) - 0.5).T
    truth = np.stack([map_coordinates(c.astype(float), index, order=1).reshape(48, 40) for c in smooth()])
    assert np.abs(tile - truth).mean() < 1.5


def test_a_gray_slide_is_shown_in_color():
    gray = smooth()[:1]

    class Gray(HeldSlide):
        """One channel."""

        def read(self, origin_um, shape_px, um_per_px):
            from isocenter.core.image import held_image

            tile = HeldSlide.read(
                HeldSlide(samples=np.repeat(gray, 3, 0), finest_um=1.0, um_per_px=1.0), origin_um, shape_px, um_per_px
            )
            return held_image(tile.array()[:1], tile.grid)

    slide = Gray(samples=gray, finest_um=1.0, um_per_px=1.0)
    found = MovedSlide(slide=slide, grid=corner_grid((50, 50), 1.0), um_per_px=1.0, place=lambda p: p)
    tile = found.read((0.0, 0.0), (50, 50), 1.0).array()
    np.testing.assert_array_equal(tile, np.repeat(gray[:, :50, :50], 3, axis=0))
