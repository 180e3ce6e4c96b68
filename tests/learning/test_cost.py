"""Multiplications and memory by formula, by hand, and counted while a network runs."""

import pytest
import torch
from torch import nn

from isocenter.core.errors import PlanError
from isocenter.learning.cost import counting, of_image, of_patch, of_sliding, positions, receptive_field
from isocenter.learning.fully_convolutional import fully_convolutional
from isocenter.learning.voxel_network import VoxelNetworkConfig, build_voxel_network


def two_then_three() -> nn.Sequential:
    return nn.Sequential(nn.Conv1d(1, 1, 2), nn.Conv1d(1, 1, 3))


def test_kernels_of_two_and_three_see_four_samples() -> None:
    assert receptive_field(two_then_three(), 1) == (4,)


@pytest.mark.parametrize(("samples", "sliding", "saved"), [(5, 18, 4), (6, 27, 8)])
def test_the_worked_example(samples: int, sliding: int, saved: int) -> None:
    network = two_then_three()
    assert of_sliding(network, (4,), (samples,), channels=1) == sliding
    assert sliding - of_image(network, (4,), (samples,), channels=1).multiplications == saved


@pytest.mark.parametrize("samples", [5, 6])
def test_the_worked_example_counted_while_it_runs(samples: int) -> None:
    network = two_then_three()
    image = torch.randn(1, 1, samples)
    with counting() as slid:
        for start in range(samples - 3):
            network(image[..., start : start + 4])
    with counting() as whole:
        fully_convolutional(network, (4,))(image)
    assert slid.multiplications == of_sliding(network, (4,), (samples,), channels=1)
    assert whole.multiplications == of_image(network, (4,), (samples,), channels=1).multiplications


@pytest.mark.parametrize("axes", [2, 3])
def test_formula_and_count_agree_on_pooled_networks(axes: int) -> None:
    config = VoxelNetworkConfig(
        dimensions=axes,
        in_channels=2,
        widths=(3, 4),
        kernels=((4,) * axes, (3,) * axes),
        pools=((2,) * axes, (1,) * axes),
        rest=(2,) * axes,
        hidden=5,
    )
    network = build_voxel_network(config).eval()
    assert config.patch == (11,) * axes
    size = tuple(13 + a for a in range(axes))
    with counting() as patches:
        network(torch.randn(3, 2, *config.patch))
    with counting() as whole:
        fully_convolutional(network, config.patch)(torch.randn(1, 2, *size))
    by_patch = of_patch(network, config.patch, channels=2, batch=3)
    by_image = of_image(network, config.patch, size, channels=2)
    for counted, said in ((patches, by_patch), (whole, by_image)):
        assert counted.multiplications == said.multiplications
        assert counted.kept_bytes == said.kept_bytes
        assert counted.most_bytes == said.most_bytes


def test_positions_of_an_image_smaller_than_the_patch_are_none() -> None:
    assert positions((4,), (3,)) == 0
    with pytest.raises(PlanError, match="at least the patch"):
        of_image(two_then_three(), (4,), (3,), channels=1)


def test_a_layer_that_runs_after_the_count_is_not_in_it() -> None:
    with counting() as counts:
        pass
    two_then_three()(torch.randn(1, 1, 5))
    assert counts.multiplications == 0


@pytest.mark.parametrize("axes", [2, 3])
def test_memory_in_bfloat16_is_what_is_counted_under_autocast(axes: int) -> None:
    config = VoxelNetworkConfig(
        dimensions=axes, in_channels=2, widths=(3, 4), kernels=((4,) * axes, (3,) * axes), pools=((2,) * axes, (1,) * axes),
        rest=(2,) * axes, hidden=5,
    )  # fmt: skip
    network = build_voxel_network(config)
    size = tuple(13 + a for a in range(axes))
    with torch.autocast("cpu", torch.bfloat16), counting() as patches:
        network(torch.randn(3, 2, *config.patch))
    with torch.autocast("cpu", torch.bfloat16), counting() as whole:
        fully_convolutional(network.eval(), config.patch)(torch.randn(1, 2, *size))
    by_patch = of_patch(network, config.patch, channels=2, batch=3, precision="bfloat16")
    by_image = of_image(network, config.patch, size, channels=2, precision="bfloat16")
    for counted, said in ((patches, by_patch), (whole, by_image)):
        assert said.kept_bytes == pytest.approx(counted.kept_bytes, rel=0.0 if axes == 2 else 0.15)  # max_pool3d: float32
        assert said.multiplications == counted.multiplications
