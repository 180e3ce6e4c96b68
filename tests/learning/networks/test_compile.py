"""Networks of levels under the compiler, in bfloat16 and channels last, as training uses them."""

import shutil

import pytest
import torch
from torch import nn

from isocenter.learning.channels_last import channels_last, lay_channels_last
from isocenter.learning.networks import NETWORKS


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="the compiler needs g++")
@pytest.mark.parametrize("dimensions", [2, 3])
@pytest.mark.parametrize("name", ["unet", "bottleneck_transposed", "bottleneck_unpooling", "recurrent_unet"])
def test_the_compiled_network_gives_the_same_logits_and_gradients(name: str, dimensions: int) -> None:
    torch.manual_seed(0)
    kind = NETWORKS.get(name)
    net = lay_channels_last(kind.build(kind.config(dimensions=dimensions, widths=(8, 16, 16), deep_supervision=True)))
    image = channels_last(torch.randn(2, 1, *(16, 16, 8)[:dimensions]))
    # Fixed shapes: after a network of other dimensions in the same process, the compiler's guess of dynamic ones fails.
    compiled = torch.compile(net, dynamic=False)
    plain, gradient = outcome(net, net, image)
    fast, compiled_gradient = outcome(net, compiled, image)
    for one, other in zip(plain, fast, strict=True):
        assert torch.allclose(one, other, atol=1e-3)
    assert torch.allclose(gradient, compiled_gradient, rtol=1e-2, atol=1e-3)
    # Rounded otherwise, so near and no nearer; where maxima are remembered, a rounding moves a feature.
    with torch.autocast("cpu", torch.bfloat16):
        rounded, _ = outcome(net, compiled, image)
    for one, other in zip(plain, rounded, strict=True):
        assert (one - other).abs().mean() < 0.25 * one.std()


def outcome(net: nn.Module, driven: nn.Module, image: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
    """Logits finest first, and the gradient of the first convolution."""
    net.zero_grad()
    outputs = driven(image)
    sum((o.float() ** 2).mean() for o in outputs).backward()
    return [o.float().detach() for o in outputs], net.down[0][0].weight.grad.clone()
