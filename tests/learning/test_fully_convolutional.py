"""A fully convolutional network answers as the patch classifier it was made from."""

from itertools import product

import pytest
import torch
from torch import Tensor, nn

from isocenter.core.errors import PlanError
from isocenter.learning.fully_convolutional import fully_convolutional, shift_and_stitch
from isocenter.learning.voxel_network import VoxelNetworkConfig, build_voxel_network


def of_axes(axes: int) -> tuple[nn.Sequential, tuple[int, ...]]:
    config = VoxelNetworkConfig(
        dimensions=axes,
        in_channels=2,
        out_channels=3,
        widths=(4, 5, 6),
        kernels=((4,) * axes, (2,) * axes, (2,) * axes),
        pools=((2,) * axes, (2,) + (1,) * (axes - 1), (1,) * axes),
        rest=(2,) * axes,
        hidden=7,
    )
    torch.manual_seed(axes)
    network = build_voxel_network(config)
    network.train()
    for _ in range(3):  # so that batch normalization does something
        network(torch.randn(8, 2, *config.patch))
    return network.eval(), config.patch


def sliding(network: nn.Sequential, patch: tuple[int, ...], image: Tensor) -> Tensor:
    shape = [n - f + 1 for n, f in zip(image.shape[2:], patch, strict=True)]
    answers = torch.empty(image.shape[0], 3, *shape)
    for place in product(*(range(n) for n in shape)):
        cut = image[(slice(None), slice(None), *(slice(p, p + f) for p, f in zip(place, patch, strict=True)))]
        answers[(slice(None), slice(None), *place)] = network(cut)
    return answers


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_output_equals_the_sliding_windows(axes: int) -> None:
    network, patch = of_axes(axes)
    image = torch.randn(2, 2, *(f + 4 + a for a, f in enumerate(patch)))
    with torch.no_grad():
        expected = sliding(network, patch, image)
        found = fully_convolutional(network, patch)(image)
    assert found.shape == expected.shape
    assert torch.allclose(found, expected, atol=1e-5, rtol=0)
    assert torch.allclose(shift_and_stitch(network, patch, image), expected, atol=1e-5, rtol=0)


def test_average_pools_are_dilated_too() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.AvgPool2d(2), nn.ReLU(), nn.Conv2d(4, 5, 2), nn.Flatten(), nn.Linear(20, 3)
    ).eval()
    image = torch.randn(1, 2, 13, 12)
    with torch.no_grad():
        expected = sliding(network, (8, 8), image)
        assert torch.allclose(fully_convolutional(network, (8, 8))(image), expected, atol=1e-5, rtol=0)


def test_an_image_of_one_patch_gives_one_answer() -> None:
    network, patch = of_axes(2)
    assert fully_convolutional(network, patch)(torch.randn(1, 2, *patch)).shape == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        (nn.Conv2d(1, 1, 3, padding=1), "padding"),
        (nn.InstanceNorm2d(1), "InstanceNorm2d"),
        (nn.MaxPool2d(4, stride=3), "divides"),
    ],
)
def test_a_layer_that_would_answer_otherwise_is_refused(layer: nn.Module, word: str) -> None:
    with pytest.raises(PlanError, match=word):
        fully_convolutional(nn.Sequential(layer, nn.Flatten(), nn.Linear(9, 2)), (5, 5))


def test_a_patch_that_is_not_the_field_is_refused() -> None:
    with pytest.raises(PlanError, match="receptive field"):
        fully_convolutional(nn.Sequential(nn.Conv2d(1, 2, 3)), (5, 5))
