"""What a critic is shown, and what it learns to tell apart."""

import pytest
import torch

from isocenter.learning.regularizer import RegularizerConfig
from isocenter.learning.regularizers.adversarial import LEAST, AdversarialRegularizer, softened

from ..test_regularizer import squares


def test_true_masks_are_shown_no_harder_than_needed() -> None:
    truth = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    shown = softened(truth, torch.tensor([0.2, 0.6, 0.2]).view(1, 3, 1, 1), overlapping=False).flatten().tolist()
    assert shown == pytest.approx([LEAST, 0.075, 0.025])
    sure = torch.tensor([0.96, 0.03, 0.01]).view(1, 3, 1, 1)
    assert torch.allclose(softened(truth, sure, overlapping=False), sure)


def test_regions_that_overlap_are_softened_one_by_one() -> None:
    truth, answer = torch.tensor([1.0, 1.0, 0.0]).view(1, 3, 1, 1), torch.tensor([0.2, 0.95, 0.6]).view(1, 3, 1, 1)
    assert softened(truth, answer, overlapping=True).flatten().tolist() == pytest.approx([LEAST, 0.95, 1 - LEAST])


def test_a_critic_tells_torn_masks_from_true_ones_and_they_cost_more() -> None:
    torch.manual_seed(0)
    target = squares((32, 32))
    image = torch.zeros(4, 1, 32, 32)
    sure = 6.0 * torch.stack([1.0 - 2.0 * target, 2.0 * target - 1.0], dim=1).float()
    torn = torch.where(torch.rand(4, 1, 32, 32) < 0.3, -sure, sure)
    regularizer = AdversarialRegularizer(RegularizerConfig(patch=(32, 32), channels=1, classes=2))
    for _ in range(40):
        found_out = float(regularizer.cost(image, torn, target))
    assert found_out > 0.05
    kept = regularizer.state()["critic"]
    assert all(torch.isfinite(weights).all() for weights in kept.values())
    assert float(regularizer.cost(image, sure, target)) < 0.6 * found_out


def test_an_answer_that_is_no_number_is_noticed_at_once() -> None:
    target = squares((32, 32))
    regularizer = AdversarialRegularizer(RegularizerConfig(patch=(32, 32), channels=1, classes=2))
    assert torch.isnan(regularizer.cost(torch.zeros(4, 1, 32, 32), torch.full((4, 2, 32, 32), torch.nan), target))
