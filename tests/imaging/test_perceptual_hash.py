"""A picture is known again after what files do to it, and two pictures are told apart."""

import numpy as np
import pytest
from scipy import ndimage

from isocenter.imaging.perceptual_hash import distance, likeness, look_of, same_picture, same_pictures


def texture(seed: int, *, side: int = 160) -> np.ndarray:
    """A random picture (1, X, Y) with structure at several scales, in [0, 255]."""
    rng = np.random.default_rng(seed)
    layers = [ndimage.gaussian_filter(rng.normal(size=(side, side)), s) * s for s in (3, 8, 25)]
    picture = sum(layers)
    return (255 * (picture - picture.min()) / np.ptp(picture))[None]


CHANGES = {
    "noise": lambda p: p + np.random.default_rng(9).normal(size=p.shape) * 3,
    "half the size": lambda p: p.reshape(1, 80, 2, 80, 2).mean(axis=(2, 4)),
    "another window": lambda p: 4 * p - 1024,
    "gamma": lambda p: 255 * (p / 255) ** 0.7,
    "fewer bits": lambda p: np.round(p / 16).astype(np.uint8),
    "inverted": lambda p: 255 - p,
    "three channels": lambda p: np.repeat(p, 3, axis=0),
    "a volume": lambda p: np.stack([p * 0, p, p * 0], axis=-1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_copy_is_known_again(change):
    picture = texture(0)
    assert same_picture(look_of(picture), look_of(change(picture)))


def test_different_pictures_are_told_apart():
    looks = [look_of(texture(seed)) for seed in range(40)]
    assert same_pictures(looks) == []


def test_pictures_that_share_a_bright_disc_are_told_apart():
    x, y = np.mgrid[-1:1:160j, -1:1:160j]
    disc = (x**2 + y**2 < 0.9)[None]
    looks = [look_of(disc * (150 + 0.3 * texture(seed))) for seed in range(10)]
    assert max(likeness(a, looks[0]) for a in looks[1:]) < 0.9
    assert same_pictures(looks) == []


@pytest.mark.parametrize("block", [1, 3, 2048])
def test_pairs_are_found_whatever_the_block(block):
    looks = [look_of(texture(seed)) for seed in (0, 1, 2, 1, 3, 0)]
    assert sorted(same_pictures(looks, block=block)) == [(0, 5), (1, 3)]


def test_flat_and_empty_pictures_have_no_look():
    assert look_of(np.full((1, 20, 20), 7)) is None
    assert look_of(np.full((1, 20, 20), np.nan)) is None
    assert look_of(np.zeros((1, 0, 20))) is None
    assert same_pictures([]) == []


def test_distance_is_even_handed():
    a, b = look_of(texture(0)), look_of(texture(1))
    assert distance(a, a) == 0
    assert distance(a, b) == distance(b, a) > 32


def test_a_picture_smaller_than_the_thumbnail_still_has_a_look():
    small = texture(0)[:, :30, :20]
    assert same_picture(look_of(small), look_of(small + 1))


def test_small_pictures_must_be_more_alike_to_be_one():
    blob = np.exp(-((np.indices((40, 44)) - 20.0) ** 2).sum(axis=0) / 120)
    rng = np.random.default_rng(0)
    looks = [look_of((100 * blob + ndimage.gaussian_filter(rng.normal(0, 9, blob.shape), 1.0))[None]) for _ in range(40)]
    assert same_pictures(looks) == []
    assert same_pictures([looks[0], looks[0]]) == [(0, 1)]


def test_two_photographs_of_idrid_are_one(data_folder):
    from isocenter.io.images import open_image

    folder = data_folder / "idrid_grading"
    a, b = (look_of(open_image(next(folder.rglob(f"train_IDRiD_{n}.jpg"))).array()) for n in ("079", "279"))
    assert same_picture(a, b)
