"""A classifier of single voxels."""

import pytest
import torch

from isocenter.core.errors import SettingError
from isocenter.learning.voxel_network import VoxelNetworkConfig, build_voxel_network


def test_the_default_looks_at_33_pixels_and_answers_once() -> None:
    config = VoxelNetworkConfig()
    assert config.patch == (33, 33)
    assert build_voxel_network(config)(torch.randn(2, 1, 33, 33)).shape == (2, 2)


def test_blocks_that_do_not_match_are_refused() -> None:
    with pytest.raises(SettingError, match="as many blocks"):
        VoxelNetworkConfig(widths=(8,))
    with pytest.raises(SettingError, match="2 numbers"):
        VoxelNetworkConfig(rest=(3,))
