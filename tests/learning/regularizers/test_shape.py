"""Codes of masks."""

import pytest
import torch

from isocenter.learning.regularizer import RegularizerConfig, truth_maps
from isocenter.learning.regularizers.shape import CODE, ImageShapeRegularizer, MaskAutoEncoder, ShapeRegularizer

from ..test_regularizer import squares


@pytest.mark.parametrize("patch", [(8, 8), (40, 24), (100, 70), (512, 512), (32, 16, 12)])
def test_masks_of_any_patch_come_back_in_their_size(patch: tuple[int, ...]) -> None:
    network = MaskAutoEncoder(patch, 3)
    maps = torch.zeros(2, 3, *patch)
    assert network.encode(maps).shape == (2, CODE)
    assert network(maps).shape == maps.shape


def test_a_perfect_answer_costs_nothing_and_what_is_learned_costs_by_shape() -> None:
    torch.manual_seed(0)
    regularizer = ShapeRegularizer(RegularizerConfig(patch=(32, 32), channels=1, classes=2))
    optimizer = torch.optim.Adam(regularizer.shapes.parameters(), 3e-3)
    for i in range(60):
        target = torch.cat([squares((32, 32), seed=i % 8), squares((32, 32), seed=(3 * i) % 8)])
        loss = torch.nn.functional.cross_entropy(regularizer.shapes(truth_maps(target, 2, 2)), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.1
    target = squares((32, 32))
    sure = 30.0 * torch.stack([1.0 - 2.0 * target, 2.0 * target - 1.0], dim=1).float()
    image = torch.zeros(4, 1, 32, 32)
    assert float(regularizer.cost(image, sure, target)) == pytest.approx(0.0, abs=1e-6)
    near, far = sure.roll(1, dims=2), sure.roll(9, dims=2)
    assert 0 < float(regularizer.cost(image, near, target)) < float(regularizer.cost(image, far, target))


def test_what_shapes_are_is_not_learned_again_beside_images() -> None:
    regularizer = ShapeRegularizer(RegularizerConfig(patch=(32, 32), channels=1, classes=2))
    before = {name: value.clone() for name, value in regularizer.state()["shapes"].items()}
    logits = torch.randn(4, 2, 32, 32, requires_grad=True)
    regularizer.cost(torch.zeros(4, 1, 32, 32), logits, squares((32, 32))).backward()
    assert all(torch.equal(before[name], value) for name, value in regularizer.state()["shapes"].items())
    assert all(p.grad is None for p in regularizer.shapes.parameters())


def test_a_made_image_costs_by_its_distance_in_codes_and_the_true_one_nothing() -> None:
    torch.manual_seed(0)
    regularizer = ImageShapeRegularizer(RegularizerConfig(patch=(32, 32), channels=1, classes=2))
    target = squares((32, 32))
    true = target[:, None].float()
    before = {name: value.clone() for name, value in regularizer.state()["of_images"].items()}
    assert float(regularizer.cost(true, true)) == 0
    made = true.roll(9, dims=2).requires_grad_()
    cost = regularizer.cost(made, true)
    cost.backward()
    assert float(cost.detach()) > 0
    assert made.grad is not None
    assert made.grad.abs().sum() > 0
    assert all(torch.equal(before[name], value) for name, value in regularizer.state()["of_images"].items())
    double = ImageShapeRegularizer(RegularizerConfig(patch=(32, 32), channels=1, classes=2, weight=2.0))
    assert float(double.cost(made, true).detach()) == pytest.approx(2 * float(cost.detach()))
