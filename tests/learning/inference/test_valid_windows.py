"""Tiles without overlap in what they answer."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.learning.fully_convolutional import fully_convolutional
from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.inference.valid_windows import padded, predict_valid
from isocenter.learning.voxel_network import VoxelNetworkConfig, build_voxel_network


def test_tiles_of_any_size_give_the_same_answer() -> None:
    config = VoxelNetworkConfig(widths=(3,), kernels=((4, 4),), pools=((2, 2),), rest=(2, 2), hidden=4)
    network = TorchNetwork(fully_convolutional(build_voxel_network(config), config.patch))
    image = padded(np.random.default_rng(0).standard_normal((1, 17, 12)).astype(np.float32), config.patch)
    whole = predict_valid(network, image, config.patch, (17, 12), classes=2)
    assert whole.shape == (2, 17, 12)
    assert np.allclose(predict_valid(network, image, config.patch, (5, 7), classes=2), whole, atol=1e-5)


def test_padding_puts_every_sample_in_the_middle_of_a_patch() -> None:
    image = np.arange(5, dtype=float)[None]
    wide = padded(image, (3,), fill=-1)
    assert wide.tolist() == [[-1, 0, 1, 2, 3, 4, -1]]
    assert padded(image, (4,))[0].tolist() == [0, 0, 0, 1, 2, 3, 4, 4]


def test_an_image_smaller_than_the_field_is_refused() -> None:
    with pytest.raises(PlanError, match="at least the field"):
        predict_valid(lambda w: [w[0]], np.zeros((1, 3)), (4,), (2,), classes=1)  # type: ignore[arg-type]
