"""The U-Net under the compiler, in bfloat16 and channels last, as training uses it."""

import shutil

import pytest
import torch

from isocenter.learning.networks.unet import UNet, UNetConfig


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="the compiler needs g++")
@pytest.mark.parametrize("dimensions", [2, 3])
def test_the_compiled_network_gives_the_same_logits_and_gradients(dimensions: int) -> None:
    torch.manual_seed(0)
    form = torch.channels_last if dimensions == 2 else torch.channels_last_3d
    net = UNet(UNetConfig(dimensions=dimensions, widths=(8, 16, 16), deep_supervision=True)).to(memory_format=form)
    image = torch.randn(2, 1, *(16,) * dimensions).contiguous(memory_format=form)
    # Fixed shapes: after a network of other dimensions in the same process, the compiler's guess of dynamic ones fails.
    compiled = torch.compile(net, dynamic=False)
    found = []
    for network in (net, compiled):
        net.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            outputs = network(image)
        sum((o.float() ** 2).mean() for o in outputs).backward()
        found.append(([o.float().detach() for o in outputs], net.down[0][0].weight.grad.clone()))
    for plain, fast in zip(found[0][0], found[1][0], strict=True):
        assert torch.allclose(plain, fast, atol=0.1)
    assert torch.allclose(found[0][1], found[1][1], rtol=0.2, atol=0.05)
