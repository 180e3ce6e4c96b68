"""Contracts every registered loss keeps."""

import pytest
import torch
from torch import Tensor

from isocenter.learning.loss import FORMS
from isocenter.learning.losses import LOSSES

NAMES = tuple(name for name in LOSSES.names() if LOSSES.get(name).form != "boxes")  # targets of two parts: test_center_boxes.py
SHAPES = [(12, 10), (8, 8, 6)]
CLASSES = 3


def of_maps(name: str) -> bool:
    """Of numbers, not of classes: the right answer is the target itself."""
    return LOSSES.get(name).form == "amounts"


def overlapping(name: str) -> bool:
    return LOSSES.get(name).form in ("regions", "amounts")


def test_every_loss_says_what_target_it_reads() -> None:
    assert {LOSSES.get(name).form for name in LOSSES.names()} == set(FORMS)


def truth_for(name: str, shape: tuple[int, ...], classes: int = CLASSES) -> Tensor:
    """Blocks along the first axis, so that every class lies in every patch."""
    index = torch.arange(shape[0]) * classes // shape[0]
    target = index.view(-1, *([1] * (len(shape) - 1))).expand(2, *shape).clone()
    if overlapping(name):
        return torch.stack([(target >= k).float() for k in range(CLASSES)], dim=1)
    return target


def logits_for(name: str, target: Tensor, strength: float = 40.0) -> Tensor:
    """Logits as sure as can be, and right."""
    if of_maps(name):
        return target.clone()
    if overlapping(name):
        return strength * (2 * target - 1)
    return strength * torch.nn.functional.one_hot(target, CLASSES).movedim(-1, 1).float()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_a_perfect_answer_costs_nothing(name: str, shape: tuple[int, ...]) -> None:
    target = truth_for(name, shape)
    assert LOSSES.get(name)(logits_for(name, target), target) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_answer_costs_more_than_an_unsure_one(name: str) -> None:
    target = truth_for(name, SHAPES[0])
    right = logits_for(name, target)
    unsure, wrong = LOSSES.get(name)(0 * right, target), LOSSES.get(name)(-right, target)
    assert 0.05 < unsure < wrong


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_a_class_absent_from_both_leaves_the_loss_at_nothing(name: str, shape: tuple[int, ...]) -> None:
    target = truth_for(name, shape)
    target = target * (torch.arange(CLASSES) < 2).view(1, -1, *([1] * len(shape))) if overlapping(name) else target.clamp(max=1)
    assert LOSSES.get(name)(logits_for(name, target), target) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_finite_and_reach_every_class(name: str, shape: tuple[int, ...]) -> None:
    target = truth_for(name, shape)
    logits = torch.randn(2, CLASSES, *shape, generator=torch.manual_seed(0), requires_grad=True)
    LOSSES.get(name)(logits, target).backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()
    assert all(logits.grad[:, k].abs().sum() > 0 for k in range(CLASSES))


@pytest.mark.parametrize("name", NAMES)
def test_what_was_not_assessed_changes_nothing(name: str) -> None:
    target = truth_for(name, SHAPES[0])
    target = target.float() if overlapping(name) else target
    target[..., 3:7] = float("nan") if overlapping(name) else -1
    first = torch.randn(2, CLASSES, *SHAPES[0], generator=torch.manual_seed(0))
    second = first.clone()
    second[..., 3:7] = 100 * torch.randn(second[..., 3:7].shape)
    loss = LOSSES.get(name)
    assert torch.equal(loss(first, target), loss(second, target))
    assert loss(first, target) != loss(2 * first, target)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_assessed_costs_nothing_and_breaks_nothing(name: str) -> None:
    target = truth_for(name, SHAPES[0])
    target = torch.full_like(target, float("nan")) if overlapping(name) else torch.full_like(target, -1)
    logits = torch.randn(2, CLASSES, *SHAPES[0], requires_grad=True)
    loss = LOSSES.get(name)(logits, target)
    loss.backward()
    assert loss.item() == pytest.approx(0.0, abs=1e-6)
    assert logits.grad is not None
    assert (logits.grad == 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_logits_give_a_float32_loss(name: str) -> None:
    target = truth_for(name, SHAPES[0])
    assert LOSSES.get(name)(logits_for(name, target).bfloat16(), target).dtype == torch.float32
