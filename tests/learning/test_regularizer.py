"""Masks as maps, and what is promised of every regularizer."""

import copy

import pytest
import torch

from isocenter.learning.regularizer import RegularizerConfig, answer_maps, truth_maps
from isocenter.learning.regularizers import REGULARIZERS


def squares(patch: tuple[int, ...], *, seed: int = 0) -> torch.Tensor:
    """One block of class 1 in each of four patches, at different places."""
    target = torch.zeros(4, *patch, dtype=torch.int64)
    for i in range(4):
        inside = (i, *(slice(2 + i + seed, 9 + i + seed) for _ in patch))
        target[inside] = 1
    return target


def test_a_sample_nobody_assessed_is_of_no_class_on_either_side() -> None:
    target = torch.tensor([[[0, 1, -1]]])
    assert truth_maps(target, 2, 2)[0, :, 0].tolist() == [[1, 0, 0], [0, 1, 0]]
    assert answer_maps(torch.zeros(1, 2, 1, 3), target, 2)[0, :, 0].tolist() == [[0.5, 0.5, 0], [0.5, 0.5, 0]]


def test_regions_that_overlap_are_maps_of_their_own() -> None:
    target = torch.tensor([1.0, 0.0, torch.nan]).view(1, 1, 1, 3)
    assert truth_maps(target, 1, 2).flatten().tolist() == [1, 0, 0]
    assert answer_maps(torch.zeros(1, 1, 1, 3), target, 1).flatten().tolist() == [0.5, 0.5, 0]


def test_channels_beyond_the_classes_are_not_looked_at() -> None:
    target = torch.zeros(1, 1, 3, dtype=torch.int64)
    logits = torch.randn(1, 3, 1, 3)
    assert torch.equal(answer_maps(logits, target, 2), answer_maps(logits[:, :2], target, 2))


@pytest.mark.parametrize("name", REGULARIZERS.names())
@pytest.mark.parametrize("patch", [(32, 24), (32, 16, 12)])
def test_every_one_pulls_at_the_answer_and_is_taken_up_where_it_was(name: str, patch: tuple[int, ...]) -> None:
    kind = REGULARIZERS.get(name)
    assert kind.card.name == name
    assert kind.card.cite
    config = RegularizerConfig(patch=patch, channels=1, classes=2)
    regularizer, target = kind.build(config), squares(patch)
    image = target[:, None].float()
    logits = torch.randn(4, 2, *patch, requires_grad=True)
    regularizer.cost(image, logits, target).backward()
    assert logits.grad is not None
    assert logits.grad.abs().sum() > 0
    kept = copy.deepcopy(regularizer.state())
    other = kind.build(RegularizerConfig(patch=patch, channels=1, classes=2, seed=5))
    assert float(other.cost(image, logits, target).detach()) != float(regularizer.cost(image, logits, target).detach())
    regularizer.restore(copy.deepcopy(kept))
    other.restore(copy.deepcopy(kept))
    for _ in range(2):
        assert float(other.cost(image, logits, target).detach()) == float(regularizer.cost(image, logits, target).detach())


@pytest.mark.parametrize("name", REGULARIZERS.names())
def test_weight_scales_the_cost_and_no_draw_of_the_training_is_used_up(name: str) -> None:
    target = squares((32, 32))
    image, logits = target[:, None].float(), torch.randn(4, 2, 32, 32)
    torch.manual_seed(7)
    plain = torch.rand(1)
    torch.manual_seed(7)
    one, three = (
        REGULARIZERS.get(name).build(RegularizerConfig(patch=(32, 32), channels=1, classes=2, weight=w)) for w in (1.0, 3.0)
    )
    first, second = float(one.cost(image, logits, target)), float(three.cost(image, logits, target))
    assert second == pytest.approx(3 * first, rel=1e-5)
    assert torch.equal(torch.rand(1), plain)
