"""The whole chain."""

import json

import numpy as np
import pytest
import torch

from isocenter.core.errors import PlanError
from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter, replay


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(6, 1, 16, 16, 12, generator=generator), torch.randint(0, 3, (6, 16, 16, 12), generator=generator)


def test_what_enters_stays_as_it_was(rng: np.random.Generator) -> None:
    image, target = batch()
    for order in (AugmentationConfig().order, AugmentationConfig().order[1:]):
        Augmenter(AugmentationConfig(order=order, noise_probability=1), rng)(image, target)
    assert torch.equal(image, batch()[0])
    assert torch.equal(target, batch()[1])


def test_what_was_drawn_can_be_replayed(rng: np.random.Generator) -> None:
    changes = Augmenter(AugmentationConfig(), rng).draw((6, 1, 16, 16, 12))
    first, second = replay(*batch(), changes), replay(*batch(), changes)
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])


def test_a_restored_augmenter_goes_on_the_same() -> None:
    first, second = (Augmenter(AugmentationConfig(), np.random.default_rng(seed)) for seed in (1, 2))
    first(*batch())
    state = json.loads(json.dumps(first.state()))
    expected = first(*batch())[0]
    second.restore(state)
    assert torch.equal(second(*batch())[0], expected)


def test_a_larger_input_leaves_at_the_patch_size(rng: np.random.Generator) -> None:
    image, target = Augmenter(AugmentationConfig(patch=(12, 12, 8)), rng)(*batch())
    assert image.shape == (6, 1, 12, 12, 8)
    assert target.shape == (6, 12, 12, 8)
    with pytest.raises(PlanError, match="at least the patch"):
        Augmenter(AugmentationConfig(patch=(32, 32, 32)), rng)(*batch())


def test_overlapping_regions_keep_their_form(rng: np.random.Generator) -> None:
    image, _ = batch()
    regions = torch.zeros(6, 2, 16, 16, 12)
    assert Augmenter(AugmentationConfig(), rng)(image, regions)[1].shape == (6, 2, 16, 16, 12)


def test_an_impossible_probability_is_refused() -> None:
    with pytest.raises(PlanError, match="noise_probability"):
        AugmentationConfig(noise_probability=1.5)
