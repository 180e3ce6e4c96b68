"""The recurrent U-Net's own promises."""

import pytest
import torch

from isocenter.core.errors import PlanError
from isocenter.learning.inference.openvino_backend import OpenVinoNetwork
from isocenter.learning.networks.recurrent_unet import NETWORK, RecurrentUNet, RecurrentUNetConfig

ACROSS_FIRST = {"strides": ((1, 1, 1), (1, 2, 2)), "kernels": ((1, 3, 3), (1, 3, 3))}


def test_slices_are_the_last_axis_unless_strides_say_otherwise():
    assert RecurrentUNetConfig(widths=(4, 8)).slice_axis == 2
    assert RecurrentUNetConfig(widths=(4, 8), **ACROSS_FIRST).slice_axis == 0
    assert RecurrentUNetConfig(dimensions=2, widths=(4, 8)).slice_axis is None
    assert NETWORK.divisor(RecurrentUNetConfig(widths=(4, 8), **ACROSS_FIRST)) == (1, 2, 2)


def test_slices_meet_in_the_recurrent_units_alone():
    torch.manual_seed(0)
    net = RecurrentUNet(RecurrentUNetConfig(widths=(4, 8), normalization="batch")).eval()
    image = torch.randn(1, 1, 8, 8, 4)
    changed = image.clone()
    changed[..., 0] += 1.0

    def difference() -> torch.Tensor:
        return (net(image) - net(changed)).abs().amax(dim=(0, 1, 2, 3))

    assert (difference() > 1e-6).all()
    for unit in (net.bottleneck.there, net.bottleneck.back):
        torch.nn.init.zeros_(unit.candidate.weight)
        torch.nn.init.zeros_(unit.candidate.bias)
    assert difference()[0] > 1e-6
    assert torch.equal(difference()[1:], torch.zeros(3))


@pytest.mark.parametrize("run", [1, 3, 8])
def test_a_run_of_any_length_converts_to_openvino(run):
    net = RecurrentUNet(RecurrentUNetConfig(widths=(4, 8), **ACROSS_FIRST)).eval()
    image = torch.randn(1, 1, run, 8, 8)
    converted = OpenVinoNetwork(net, channels=1, window=(run, 8, 8), divisor=(1, 2, 2))
    with torch.inference_mode():
        assert torch.allclose(torch.from_numpy(converted(image.numpy())[0]), net(image)[0], atol=1e-3)


@pytest.mark.parametrize("wrong", [{"strides": ((1, 1, 1), (2, 2, 2))}, {"kernels": ((3, 3, 3),) * 2}])
def test_a_network_without_an_axis_of_slices_is_refused(wrong):
    with pytest.raises(PlanError, match="axis"):
        RecurrentUNetConfig(widths=(4, 8), **wrong)
