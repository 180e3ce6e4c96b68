"""HD95 by edge samples equals MONAI's."""

import math

import numpy as np
import pytest
import torch
from monai.metrics import compute_hausdorff_distance

from isocenter.core.errors import GeometryError
from isocenter.metrics.edge_distance import edge_hausdorff

from .test_surface_distance import random_blobs


@pytest.mark.parametrize("seed", range(40))
def test_forty_anisotropic_pairs_equal_monai(seed):
    truth, answer, spacing = random_blobs(np.random.default_rng(seed), 2 + seed % 2)
    theirs = compute_hausdorff_distance(
        torch.from_numpy(answer)[None, None], torch.from_numpy(truth)[None, None],
        include_background=True, percentile=95, spacing=list(spacing),
    )  # fmt: skip
    assert edge_hausdorff(truth, answer, spacing=spacing) == pytest.approx(float(theirs[0, 0]), abs=1e-4)


def test_one_empty_mask_is_infinite_and_two_are_nan():
    full, empty = np.ones((4, 4), bool), np.zeros((4, 4), bool)
    assert edge_hausdorff(full, empty, spacing=(1, 1)) == math.inf
    assert math.isnan(edge_hausdorff(empty, empty, spacing=(1, 1)))


def test_two_single_samples_are_as_far_apart_as_their_centers():
    truth, answer = np.zeros((2, 9, 9), bool)
    truth[1, 1] = answer[4, 5] = True
    assert edge_hausdorff(truth, answer, spacing=(2.0, 1.0)) == pytest.approx(math.hypot(6, 4))


def test_shapes_must_fit():
    with pytest.raises(GeometryError):
        edge_hausdorff(np.ones((3, 3), bool), np.ones((3, 4), bool), spacing=(1, 1))
