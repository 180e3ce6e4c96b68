"""Slices."""

import pytest
import torch

from isocenter.learning.inference.openvino_backend import OpenVinoNetwork
from isocenter.learning.inference.planar import PlanarNetwork
from isocenter.learning.inference.sliding_window import predict_scores
from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.networks.unet import UNet, UNetConfig


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_each_slice_is_predicted_as_the_picture_it_is(axis: int) -> None:
    net = UNet(UNetConfig(dimensions=2, widths=(4, 8))).eval()
    volume = torch.randn(1, 8, 8, 8)
    window = tuple(1 if a == axis else 8 for a in range(3))
    scores = predict_scores(TorchNetwork(PlanarNetwork(net, axis)), volume.numpy(), window, classes=2)
    with torch.inference_mode():
        alone = net(volume.select(axis + 1, 3)[None])[0]
    assert torch.allclose(torch.from_numpy(scores).select(axis + 1, 3), alone, atol=1e-5)


def test_it_converts_to_openvino() -> None:
    net = PlanarNetwork(UNet(UNetConfig(dimensions=2, widths=(4, 8))).eval(), 2)
    image = torch.randn(1, 1, 8, 8, 1)
    converted = OpenVinoNetwork(net, channels=1, window=(8, 8, 1), divisor=(2, 2, 1))
    with torch.inference_mode():
        assert torch.allclose(torch.from_numpy(converted(image.numpy())[0]), net(image)[0], atol=1e-3)
