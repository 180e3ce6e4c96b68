"""Contracts every registered network keeps, in 2-D and 3-D."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from isocenter.learning.networks import NETWORKS

CASES = [(name, dimensions) for name in NETWORKS.names() for dimensions in (2, 3)]


def built(name: str, dimensions: int, **more: object) -> torch.nn.Module:
    torch.manual_seed(0)
    network = NETWORKS.get(name)
    return network.build(network.config(dimensions=dimensions, in_channels=2, out_channels=3, **more))


def image_for(name: str, dimensions: int) -> torch.Tensor:
    network = NETWORKS.get(name)
    divisor = network.divisor(network.config(dimensions=dimensions))
    return torch.randn(2, 2, *(2 * d for d in divisor))


@pytest.mark.parametrize(("name", "dimensions"), CASES)
def test_logits_have_the_images_size_and_a_channel_a_class(name: str, dimensions: int) -> None:
    image = image_for(name, dimensions)
    assert built(name, dimensions)(image).shape == (2, 3, *image.shape[2:])


@pytest.mark.parametrize("deep_supervision", [False, True])
@pytest.mark.parametrize(("name", "dimensions"), CASES)
def test_gradients_reach_every_parameter(name: str, dimensions: int, deep_supervision: bool) -> None:
    network = built(name, dimensions, deep_supervision=deep_supervision)
    outputs = network(image_for(name, dimensions))
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    sum((torch.rand_like(o) * o).sum() for o in outputs).backward()
    assert [n for n, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0] == []


@pytest.mark.parametrize(("name", "dimensions"), CASES)
def test_supervised_logits_come_finest_first_and_only_in_training(name: str, dimensions: int) -> None:
    network, image = built(name, dimensions, deep_supervision=True), image_for(name, dimensions)
    outputs = network(image)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    assert outputs[0].shape[2:] == image.shape[2:]
    assert all(b.shape[2:].numel() <= a.shape[2:].numel() for a, b in pairwise(outputs))
    network.eval()
    assert isinstance(network(image), torch.Tensor)


@pytest.mark.parametrize(("name", "dimensions"), CASES)
def test_weights_survive_safetensors(name: str, dimensions: int, tmp_path: Path) -> None:
    first = built(name, dimensions).eval()
    save_file({k: v.contiguous() for k, v in first.state_dict().items()}, tmp_path / "w.safetensors")
    torch.manual_seed(1)
    network = NETWORKS.get(name)
    second = network.build(network.config(dimensions=dimensions, in_channels=2, out_channels=3)).eval()
    image = image_for(name, dimensions)
    assert not torch.equal(first(image), second(image))
    second.load_state_dict(load_file(tmp_path / "w.safetensors"))
    assert torch.equal(first(image), second(image))


@pytest.mark.parametrize("name", NETWORKS.names())
def test_the_card_bears_the_files_name_and_cites(name: str) -> None:
    card = NETWORKS.get(name).card
    assert card.name == name
    assert card.cite
