"""The network of a slide."""

import torch

from isocenter.learning.slides.network import SlideNetwork, SlideNetworkConfig


def network(**changes):
    torch.manual_seed(0)
    settings = {"encoder_settings": {"widths": (4, 6)}, **changes}
    return SlideNetwork(SlideNetworkConfig(**settings)).eval()


def test_tiles_are_classified_and_bags_answered():
    made = network(classes=3, outputs={"ill": 1, "grade": 4})
    tiles = torch.randn(6, 3, 16, 16)
    features, logits = made.look(tiles)
    assert features.shape == (6, 6)
    assert torch.allclose(made(tiles), logits)
    said = made(tiles, bag=3)
    assert {name: tuple(raw.shape) for name, raw in said.items()} == {"ill": (2, 1), "grade": (2, 4)}


def test_every_weight_learns():
    made = network(classes=2, outputs={"ill": 1}).train()
    tiles = torch.randn(8, 3, 16, 16)
    (made(tiles).sum() + made(tiles, bag=4)["ill"].sum()).backward()
    assert all(p.grad is not None for p in made.parameters())


def test_without_classes_tiles_have_no_logits():
    features, logits = network(outputs={"ill": 1}).look(torch.randn(2, 3, 16, 16))
    assert logits.shape == (2, 0)
    assert features.shape == (2, 6)
