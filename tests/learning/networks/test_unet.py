"""The U-Net's own promises."""

import pytest
import torch

from isocenter.core.errors import PlanError
from isocenter.learning.networks.unet import NETWORK, UNet, UNetConfig


def test_an_anisotropic_plan_halves_only_the_axes_it_names() -> None:
    config = UNetConfig(widths=(4, 8, 16), strides=((1, 1, 1), (2, 2, 1), (2, 2, 2)), kernels=((3, 3, 1), (3, 3, 3), (3, 3, 3)))
    assert NETWORK.divisor(config) == (4, 4, 2)
    assert UNet(config)(torch.randn(1, 1, 8, 12, 6)).shape == (1, 2, 8, 12, 6)


def test_four_levels_supervise_two_and_leave_the_coarsest_out() -> None:
    network = UNet(UNetConfig(dimensions=2, widths=(4, 8, 8, 8), deep_supervision=True))
    assert [tuple(o.shape[2:]) for o in network(torch.randn(1, 1, 32, 16))] == [(32, 16), (16, 8)]


def test_hippocampus_plan_has_as_many_weights_as_nnunets() -> None:
    network = UNet(UNetConfig(out_channels=3, widths=(32, 64, 128, 256)))
    # Counted by hand: 27 w_in w_out per convolution, 8 per transposed one, 2 w per normalization.
    down = 27 * (1 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 256 * 256)
    up = sum(8 * 2 * w * w + 27 * (2 * w * w + w * w) for w in (32, 64, 128))
    norms = 2 * 2 * (32 + 64 + 128 + 256) + 2 * 2 * (32 + 64 + 128)
    assert sum(p.numel() for p in network.parameters()) == down + up + norms + 32 * 3 + 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"dimensions": 4},
        {"widths": (8,)},
        {"out_channels": 0},
        {"strides": ((2, 2, 2), (2, 2, 2), (2, 2, 2))},
        {"strides": ((1, 1, 1), (2, 2, 2))},
        {"kernels": ((2, 2, 2),) * 3},
        {"convs_per_stage": 0},
    ],
)
def test_numbers_that_make_no_network_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PlanError):
        UNetConfig(**wrong)


def test_the_normalization_is_the_one_asked_for():
    made = UNet(UNetConfig(dimensions=2, widths=(4, 8), normalization="batch"))
    kinds = {type(m).__name__ for m in made.modules() if "Norm" in type(m).__name__}
    assert kinds == {"BatchNorm2d"}
    with pytest.raises(PlanError, match="normalization"):
        UNetConfig(dimensions=2, widths=(4, 8), normalization="layer")
