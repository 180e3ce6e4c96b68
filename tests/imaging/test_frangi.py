"""Vesselness on a tube, a plate and a ball."""

import numpy as np
import pytest

from isocenter.imaging.frangi import vesselness


def distance(shape, axes):
    """Distance of every voxel from the middle, along some axes only."""
    mesh = np.meshgrid(*[np.arange(n) - n // 2 for n in shape], indexing="ij")
    return np.sqrt(sum(mesh[a] ** 2 for a in axes))


def middle(volume, **options):
    return vesselness(volume.astype(np.float32), spacing=(1.0,) * volume.ndim, sigmas=(2.0,), **options)[
        tuple(n // 2 for n in volume.shape)
    ]


def test_a_tube_scores_above_a_ball_and_a_plate():
    shape = (33, 33, 33)
    tube, ball, plate = (np.exp(-(distance(shape, axes) ** 2) / 8) for axes in ((0, 1), (0, 1, 2), (0,)))
    assert middle(tube) > 0.6
    assert middle(ball) < 0.2
    assert middle(plate) < 0.05


def test_a_dark_line_is_found_only_when_dark_ones_are_looked_for():
    line = -np.exp(-(distance((33, 33), (0,)) ** 2) / 8)
    assert middle(line, bright=False) > 0.6
    assert middle(line) == 0


def test_the_size_looked_for_is_a_length_not_a_number_of_samples():
    x = np.arange(-16, 17)
    line = np.exp(-((x * 0.5) ** 2) / 8)[:, None] * np.ones((1, 17))  # rows 0.5 apart
    fine = vesselness(line, spacing=(0.5, 1.0), sigmas=(2.0,))[16, 8]
    coarse = vesselness(line[::2], spacing=(1.0, 1.0), sigmas=(2.0,))[8, 8]
    assert fine == pytest.approx(coarse, rel=0.02)


def test_a_flat_image_has_no_vessels():
    assert not vesselness(np.ones((9, 9)), spacing=(1.0, 1.0), sigmas=(1.0,)).any()
