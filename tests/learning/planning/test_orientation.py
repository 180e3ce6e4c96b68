"""Which way up pictures are, told from the pictures."""

import numpy as np
import pytest

from isocenter.learning.planning.orientation import SIDE, coarse, pose_of


def test_coarse_parts_are_means_of_their_samples():
    picture = np.arange(48 * 24.0).reshape(48, 24)
    assert coarse(picture) == pytest.approx(picture.reshape(24, 2, 24).mean(axis=1))


@pytest.mark.parametrize("shape", [(31, 50), (10, 7), (30, 26, 9)])
def test_the_mean_stays_whatever_the_shape(shape):
    picture = np.random.default_rng(0).random(shape)
    small = coarse(picture)
    assert small.shape == (SIDE,) * len(shape)
    assert small.mean() == pytest.approx(picture.mean(), rel=1e-5)


def pictures(*, body, placed, patients=12):
    """Noise with, if wanted, a bright lower half, and a disc in the middle or anywhere."""
    rng = np.random.default_rng(0)
    x, y = np.indices((48, 48))
    shown, masks = [], []
    for _ in range(patients):
        middle = rng.normal(24, 1.5, 2) if placed else rng.uniform(5, 43, 2)
        picture = rng.normal(0, 1, (48, 48))
        if body:
            picture[24:] += 2
        shown.append(coarse(picture))
        masks.append(coarse(np.hypot(x - middle[0], y - middle[1]) < 7))
    return shown, masks


def test_a_body_keeps_the_axis_along_which_it_is_uneven():
    assert pose_of(*pictures(body=True, placed=True)).upright == (True, False)


def test_shading_alone_is_no_pose():
    pose = pose_of(*pictures(body=True, placed=False))
    assert pose.place < 0.6
    assert pose.upright == (False, False)


def test_an_even_ground_has_no_pose():
    assert pose_of(*pictures(body=False, placed=True)).upright == (False, False)


def test_few_patients_say_nothing():
    assert pose_of(*pictures(body=True, placed=True, patients=4)).upright == (False, False)
    assert pose_of([], []).upright == ()
