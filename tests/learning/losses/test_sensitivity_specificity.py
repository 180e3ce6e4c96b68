"""Weighted sensitivity and specificity by hand."""

import pytest
import torch

from isocenter.learning.losses.sensitivity_specificity import sensitivity_specificity_loss


def answer(lesion: list[float]) -> torch.Tensor:
    """Logits whose probability of the lesion is as given, along one axis."""
    p = torch.tensor(lesion).clamp(1e-7, 1 - 1e-7)
    return torch.stack([torch.zeros_like(p), (p / (1 - p)).log()]).view(1, 2, -1, 1)


TRUTH = torch.tensor([1, 0, 0, 0, -1]).view(1, 5, 1)


def test_each_side_is_a_mean_over_its_own_samples() -> None:
    found = sensitivity_specificity_loss(answer([0.5, 0.3, 0.0, 0.0, 1.0]), TRUTH)
    assert found.item() == pytest.approx(0.05 * 0.25 + 0.95 * 0.09 / 3, abs=1e-5)


def test_one_missed_sample_weighs_the_same_however_much_background_there_is() -> None:
    wide = torch.cat([TRUTH[:, :1], torch.zeros(1, 500, 1, dtype=torch.long)], dim=1)
    few = sensitivity_specificity_loss(answer([0.0] * 5), TRUTH)
    many = sensitivity_specificity_loss(answer([0.0] * 501), wide)
    assert few.item() == pytest.approx(many.item(), abs=1e-5)
