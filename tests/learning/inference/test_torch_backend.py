"""Windows on torch."""

import numpy as np
import pytest
import torch

from isocenter.learning.inference.torch_backend import TorchNetwork
from isocenter.learning.networks.unet import UNet, UNetConfig


@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("channels_last", [False, True])
def test_logits_are_the_modules_and_the_module_stays_as_it_was(dimensions: int, channels_last: bool) -> None:
    net = UNet(UNetConfig(dimensions=dimensions, widths=(4, 8), deep_supervision=True)).train()
    windows = np.random.default_rng(0).standard_normal((2, 1, *(8,) * dimensions)).astype(np.float32)
    logits = TorchNetwork(net, channels_last=channels_last)(windows)
    assert net.training
    with torch.inference_mode():
        assert np.allclose(np.stack(logits), net.eval()(torch.from_numpy(windows)).numpy(), atol=1e-5)


def test_bfloat16_comes_close_and_returns_float32() -> None:
    net = UNet(UNetConfig(dimensions=2, widths=(4, 8)))
    windows = np.random.default_rng(0).standard_normal((1, 1, 16, 16)).astype(np.float32)
    half, full = TorchNetwork(net, precision="bfloat16")(windows)[0], TorchNetwork(net)(windows)[0]
    assert half.dtype == np.float32
    assert 0 < np.abs(half - full).max() < 0.1
