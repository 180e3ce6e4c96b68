"""Depth, strides and patch follow nnU-Net's rules from shape and spacing."""

import numpy as np
import pytest

from isocenter.learning.planning.topology import choose_run_topology, choose_topology, slice_axis


def test_hippocampus_gets_nnunets_patch_and_four_levels():
    t = choose_topology((35, 50, 36), (1, 1, 1), voxels=1e6)
    assert t.patch == (40, 56, 40)
    assert t.strides == ((1, 1, 1), (2, 2, 2), (2, 2, 2), (2, 2, 2))


def test_a_thick_axis_is_halved_only_when_the_others_have_caught_up():
    t = choose_topology((256, 256, 20), (0.8, 0.8, 6.5), voxels=1e9, levels=6)
    assert [s[2] for s in t.strides[:5]] == [1, 1, 1, 1, 2]  # 0.8 mm has become 6.4 mm
    assert t.kernels[0] == (3, 3, 1)
    assert t.kernels[3] == (3, 3, 3)


@pytest.mark.parametrize("shape", [(512, 512, 600), (240, 240, 155), (100, 90, 30)])
def test_the_patch_keeps_within_the_limit_and_divides(shape):
    t = choose_topology(shape, (1, 1, 1), voxels=64**3)
    divisor = np.prod(np.asarray(t.strides), axis=0)
    assert (np.asarray(t.patch) % divisor == 0).all()
    assert np.prod(t.patch) <= 1.4 * 64**3  # rounding up to a multiple may exceed the limit a little


def test_a_slice_makes_a_two_dimensional_network():
    t = choose_topology((256, 200, 1), (1, 1, 8), voxels=1e9)
    assert t.patch[2] == 1
    assert len(t.strides[0]) == 2


def test_a_slice_larger_than_the_limit_shrinks_in_its_plane():
    t = choose_topology((512, 512, 1), (1, 1, 8), voxels=128**2)
    assert t.patch[2] == 1
    assert np.prod(t.patch) <= 1.4 * 128**2


def test_a_tiny_picture_still_gives_a_network():
    t = choose_topology((5, 3), (1, 1), voxels=1e6)
    assert len(t.strides) == 1
    assert t.patch == (5, 4)


def test_a_run_of_slices_has_the_patch_of_one_slice_and_is_never_halved():
    t = choose_run_topology((256, 200, 20), (1, 1, 8), voxels=1e9, run=8, axis=2)
    plane = choose_topology((256, 200, 1), (1, 1, 8), voxels=1e9)
    assert t.patch == (*plane.patch[:2], 8)
    assert [s[:2] for s in t.strides] == list(plane.strides)
    assert {s[2] for s in (*t.strides, *t.kernels)} == {1}


def test_a_run_keeps_within_the_limit_and_the_image():
    t = choose_run_topology((512, 512, 5), (1, 1, 8), voxels=64**3, run=8, axis=2)
    assert t.patch[2] == 5
    assert np.prod(t.patch) <= 1.4 * 64**3


def test_slices_lie_along_the_widest_spacing_or_the_fewest_samples():
    assert slice_axis((256, 30, 256), (1, 1, 4)) == 2
    assert slice_axis((256, 30, 256), (1, 1, 1)) == 1
