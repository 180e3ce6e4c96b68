"""Every encoder says how many features it gives, gives gradients to all its weights, and takes 2-D and 3-D images."""

import pytest
import torch

from isocenter.core.errors import PlanError
from isocenter.learning.encoders import ENCODERS
from isocenter.learning.encoders.brainnetcnn import BrainNetCNN, BrainNetCNNConfig
from isocenter.learning.encoders.convnet import ConvnetConfig

SMALL = {
    "convnet": {"widths": (4, 8, 8)},
    "densenet121": {"growth_rate": 4, "blocks": (1, 1, 1, 1)},
    "resnet18": {"widths": (4, 4, 8, 8)},
    "unet_features": {"widths": (4, 8, 8), "out_features": 5},
    "brainnetcnn": {"nodes": 32},
}
MEMBERS = [(name, d) for name in ENCODERS.names() for d in ((2,) if name == "brainnetcnn" else (2, 3))]


def built(name, dimensions):
    torch.manual_seed(0)
    entry = ENCODERS.get(name)
    return entry.build(entry.config(dimensions=dimensions, in_channels=2, **SMALL.get(name, {})))


@pytest.mark.parametrize(("name", "dimensions"), MEMBERS)
def test_an_encoder_gives_the_features_it_promises(name, dimensions):
    encoder = built(name, dimensions)
    features = encoder(torch.randn(2, 2, *[32] * dimensions))
    assert features.shape == (2, encoder.features, *[32 // encoder.stride] * dimensions)


@pytest.mark.parametrize(("name", "dimensions"), [m for m in MEMBERS if m[1] == 2])
def test_every_weight_of_an_encoder_learns(name, dimensions):
    encoder = built(name, dimensions)
    (encoder(torch.randn(4, 2, *[32] * dimensions)) * torch.randn(1)).square().sum().backward()
    still = [n for n, p in encoder.named_parameters() if p.grad is None or not torch.isfinite(p.grad).all()]
    assert not still


def test_an_edge_hears_its_row_and_its_column_alone():
    encoder = BrainNetCNN(BrainNetCNNConfig(nodes=6)).eval()
    edge_to_edge = encoder.layers[0]
    before = torch.zeros(1, 1, 6, 6)
    after = before.clone()
    after[0, 0, 2, 4] = 1.0
    moved = (edge_to_edge(after) - edge_to_edge(before)).abs().sum(dim=1)[0] > 1e-7
    heard = torch.zeros(6, 6, dtype=torch.bool)
    heard[2], heard[:, 4] = True, True
    assert torch.equal(moved, heard)


def test_a_network_without_levels_is_refused():
    with pytest.raises(PlanError, match="widths above 0"):
        ConvnetConfig(widths=())


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_convnet_that_halves_at_once_says_so_and_still_sees_every_sample(dimensions):
    encoder = ENCODERS.get("convnet").build(ConvnetConfig(dimensions=dimensions, widths=(4, 8), first_stride=2)).eval()
    image = torch.randn(1, 1, *[16] * dimensions, requires_grad=True)
    features = encoder(image)
    assert encoder.stride == 4
    assert features.shape == (1, 8, *[4] * dimensions)
    (features * torch.randn_like(features)).sum().backward()
    assert image.grad is not None
    assert float((image.grad != 0).float().mean()) > 0.9  # but where a rectifier is shut


def test_a_convnet_halves_once_a_level_and_no_faster():
    with pytest.raises(PlanError, match="first_stride 1 or 2"):
        ConvnetConfig(first_stride=4)


def seen_by(encoder, place, size, direction):
    """Where a place looks along the first axis of an image that only rises or falls, when every convolution sees its middle tap."""
    with torch.no_grad():
        for name, weight in encoder.named_parameters():
            if weight.ndim == 4:
                weight.zero_()
                weight[:, :, weight.shape[2] // 2, weight.shape[3] // 2] = 1.0 / weight.shape[1]
            else:
                weight.fill_(0.0 if name.endswith("bias") else 1.0)
    ramp = 2.0 + direction * torch.linspace(-1, 1, size)
    image = ramp[None, None, :, None].repeat(1, 2, 1, size).requires_grad_(True)
    encoder.eval()(image)[0, :, place, place].sum().backward()
    slope = image.grad.abs().sum(dim=(0, 1, 3))
    return float((slope * torch.arange(size)).sum() / slope.sum())


@pytest.mark.parametrize("name", ["convnet", "densenet121", "resnet18"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_place_is_centered_where_the_encoder_says(name, place):
    encoder = built(name, 2)
    size = 4 * encoder.stride
    rising, falling = (seen_by(encoder, place, size, direction) for direction in (1, -1))  # a maximum leans to the brighter side
    tolerance = 1.0 if place == 0 else 1e-3  # at the border a maximum has one side only
    assert (rising + falling) / 2 == pytest.approx(encoder.center + place * encoder.stride, abs=tolerance)
