"""A batch is cut where it was asked for; outside an image is background 0 and nobody assessed it."""

import numpy as np
import torch

from isocenter.core.grid import plain_grid
from isocenter.learning.patch_batch import cut_batch
from isocenter.learning.places import PatchSpec
from isocenter.learning.preparation import Prepared


def case(target: np.ndarray) -> Prepared:
    image = np.arange(12, dtype=np.float32).reshape(1, 3, 4)
    return Prepared(key="a", image=image, grid=plain_grid((3, 4)), target=target)


def test_a_patch_inside_is_a_copy_of_the_image():
    image, target = cut_batch([case(np.ones((3, 4), np.int16))], [PatchSpec(case=0, start=(1, 1))], (2, 2))
    assert image.tolist() == [[[[5, 6], [9, 10]]]]
    assert target.dtype == torch.int64
    assert target.shape == (1, 2, 2)


def test_outside_the_image_nobody_assessed():
    image, target = cut_batch([case(np.ones((3, 4), np.int16))], [PatchSpec(case=0, start=(-1, 3))], (2, 2))
    assert image[0, 0].tolist() == [[0, 0], [3, 0]]
    assert target[0].tolist() == [[-1, -1], [1, -1]]


def test_overlapping_regions_are_floats_with_nan_outside():
    _, target = cut_batch([case(np.ones((2, 3, 4), np.int16))], [PatchSpec(case=0, start=(2, 0))], (2, 2))
    assert target.shape == (1, 2, 2, 2)
    assert target[0, 0, 0].tolist() == [1, 1]
    assert target[0, 0, 1].isnan().all()
