"""Spots fill white matter alone, each sample belongs to one, and a window holds all of a spot."""

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.phantoms.brain.lesions import Lesion
from isocenter.phantoms.brain.pictures import Frame
from isocenter.phantoms.brain.scan import Sampling
from isocenter.phantoms.brain.spots import fill_spots
from isocenter.phantoms.brain.waves import draw_waves

P = {"least_share": 0.2}


def frame_of(shape=(20, 20, 10), factor=2):
    """A grid of 1 mm whose fine samples are 0.5 mm apart."""
    axes = [(np.arange(n * factor) + 0.5) / factor for n in shape]
    points = np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)
    sampling = Sampling(fine_mm=(1 / factor,) * 3, factor=(factor,) * 3, across_mm=1.0)
    return Frame(points=points, sampling=sampling, grid=plain_grid(shape, spacing=(1.0, 1.0, 1.0), world="ras_mm"), flat=False)


def ball(center, radius, kind="wml"):
    waves = draw_waves(np.random.default_rng(0), (3.0, 6.0))
    return Lesion(kind=kind, center=np.array(center, float), radius_mm=radius, border=waves, wobble=0.0)


def filled(*lesions, white=1.0):
    frame = frame_of()
    shares = {"white": np.full(frame.points.shape[1:], white, np.float32)}
    return fill_spots(P, frame, shares, lesions, 0.5)


def test_a_ball_has_its_volume_and_its_number():
    spots = filled(ball((10, 10, 5), 4.0))
    assert (spots.numbers == 1).sum() == pytest.approx(4 / 3 * np.pi * 4**3, rel=0.08)
    assert spots.filled["wml"].sum() / 8 == pytest.approx(4 / 3 * np.pi * 4**3, rel=0.03)


def test_numbers_are_consecutive_and_lacunes_have_none():
    spots = filled(ball((5, 5, 5), 2.0), ball((15, 15, 5), 2.0, "lacune"), ball((15, 5, 5), 2.0, "plaque"))
    assert set(np.unique(spots.numbers)) == {0, 1, 2}
    assert [lesion.kind for lesion in spots.kept] == ["wml", "plaque"]
    assert spots.numbers[15, 15, 5] == 0


def test_a_spot_that_fills_half_of_no_sample_is_the_sample_it_fills_most():
    spots = filled(ball((10, 10, 5), 0.65))  # at a corner of eight samples it fills a seventh of each: too little
    assert (spots.numbers > 0).sum() == 0
    spots = filled(ball((10.4, 10.4, 5.4), 0.5))
    assert spots.numbers[10, 10, 5] == 1
    assert (spots.numbers > 0).sum() == 1


def test_where_there_is_no_white_matter_there_is_no_spot():
    assert not filled(ball((10, 10, 5), 4.0), white=0.0).numbers.any()


def test_kinds_do_not_fill_the_same_place_twice():
    spots = filled(ball((10, 10, 5), 4.0), ball((12, 10, 5), 4.0, "plaque"))
    assert (spots.filled["wml"] + spots.filled["plaque"]).max() <= 1.0 + 1e-6


def test_a_spot_outside_the_frame_is_left_out():
    assert filled(ball((100, 10, 5), 3.0)).kept == ()
