"""Gist features stand still under what leaves a picture as it is, and move with what does not."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.metrics.gist import gist, thumbnail


def pictures(count, rng, *, angle=0.0, shape=(48, 40)):
    x, y = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    made = []
    for _ in range(count):
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / 6 + rng.uniform(0, 6))
        made.append(held_image((wave + 0.1 * rng.standard_normal(shape))[None].astype(np.float32), plain_grid(shape)))
    return made


def kept(images):
    return [thumbnail(image) for image in images]


def test_a_thumbnail_is_small_and_keeps_the_mean(rng):
    (image,) = pictures(1, rng)
    assert thumbnail(image).shape == (1, 32, 32)
    assert thumbnail(image).array().mean() == pytest.approx(image.array().mean(), abs=1e-3)
    assert thumbnail("a report") is None


def test_a_volume_is_kept_as_its_middle_slice():
    volume = np.zeros((1, 8, 8, 5), np.float32)
    volume[..., 2] = 7
    assert thumbnail(held_image(volume, plain_grid((8, 8, 5)))).array().min() == 7


def test_features_tell_directions_apart_and_one_direction_not(rng):
    across, again, along = pictures(40, rng), pictures(40, rng), pictures(40, rng, angle=np.pi / 2)
    reference, same = gist(kept(across), kept(again))
    _, other = gist(kept(across), kept(along))
    assert np.abs(same.mean(axis=0)).mean() < 0.3
    assert np.abs(other.mean(axis=0)).max() > 5
    np.testing.assert_allclose(reference.std(axis=0).max(), 1, atol=1e-6)


def test_features_notice_a_blur(rng):
    images = pictures(40, rng)
    blurred = [held_image(gaussian_filter(i.array(), (0, 1.5, 1.5)), i.grid) for i in images]
    _, moved = gist(kept(images), kept(blurred))
    assert np.abs(moved.mean(axis=0)).max() > 2
