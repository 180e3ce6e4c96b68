"""A critic of neighborhoods: many scores, each of a part, and thick slices survive."""

import pytest
import torch

from isocenter.learning.generative.patch_critic import PatchCritic


def test_each_score_is_of_a_neighborhood():
    torch.manual_seed(0)
    critic = PatchCritic((64, 64), 1, width=4, levels=2).eval()
    image = torch.rand(1, 1, 64, 64, requires_grad=True)
    scores = critic.layers[:2](image)  # before any normalization mixes places
    assert critic(image).shape == (1, 1, 16, 16)
    scores[0, :, 0, 0].sum().backward()
    assert image.grad[0, 0, :4, :4].abs().sum() > 0
    assert image.grad[0, 0, 8:, 8:].abs().sum() == 0


@pytest.mark.parametrize("patch", [(32, 32, 8), (64, 48), (8, 8), (40, 24, 16)])
def test_any_patch_is_judged_and_few_slices_are_kept(patch):
    scores = PatchCritic(patch, 2, width=4, levels=3)(torch.rand(2, 2, *patch))
    assert scores.shape[:2] == (2, 1)
    assert all(scores.shape[2 + a] == n for a, n in enumerate(patch) if n < 16)
    assert torch.isfinite(scores).all()
