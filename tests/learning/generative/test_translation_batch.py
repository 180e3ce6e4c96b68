"""Pairs stay pairs whatever moves them; sides without pairs are drawn apart."""

from dataclasses import replace

import numpy as np
import torch

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.generative.translation_batch import OUTSIDE, PairedBatches, Patches, UnpairedBatches

MOVED = AugmentationConfig(order=("spatial",), rotation_probability=1.0, scaling_probability=1.0)
STILL = AugmentationConfig(order=(), mirror_axes=(), rotation_probability=0.0, scaling_probability=0.0)


def sides(count=3):
    rng = np.random.default_rng(0)
    sources = [rng.normal(size=(1, 40, 36)).astype(np.float32) for _ in range(count)]
    return sources, [0.5 * s - 0.25 for s in sources]


def test_source_and_target_are_moved_together():
    batches = PairedBatches(*sides(), (24, 20), MOVED, seed=0)
    source, target = batches.draw(6)
    assert source.shape == (6, 1, 24, 20)
    torch.testing.assert_close(target, 0.5 * source - 0.25, atol=1e-5, rtol=0)  # both interpolated, at the same places


def test_only_the_source_changes_its_shades():
    sources, targets = sides()
    shaded = replace(STILL, order=("noise", "brightness"), noise_probability=1.0, noise=(0.5, 0.5), brightness_probability=1.0)
    one, two = (PairedBatches(sources, targets, (40, 36), config, seed=4).draw(3) for config in (shaded, STILL))
    torch.testing.assert_close(one[1], two[1])
    assert (one[0] - two[0]).abs().mean() > 0.1


def test_beyond_its_border_a_target_is_at_its_least():
    patches = Patches(sides(1)[0], (48, 36), np.random.default_rng(0))
    cut = patches.cut(patches.draw(1), fill=OUTSIDE)
    assert (cut == OUTSIDE).any(dim=-1).sum() == 8


def test_axes_of_one_sample_are_dropped():
    volumes = [np.zeros((2, 16, 12, 5), np.float32)]
    patches = Patches(volumes, (8, 8, 1), np.random.default_rng(0))
    assert patches.cut(patches.draw(3), fill=0).shape == (3, 2, 8, 8)


def test_sides_without_pairs_are_drawn_apart():
    sources = [np.full((1, 8, 8), n, np.float32) for n in range(6)]
    batches = UnpairedBatches(sources, sources, (8, 8), STILL, seed=0)
    drawn = [batches.draw(1) for _ in range(24)]
    same = sum(bool(torch.equal(*pair)) for pair in drawn)
    assert same < 12


def test_a_restored_batch_goes_on_alike():
    for kind in (PairedBatches, UnpairedBatches):
        first, second = (kind(*sides(), (24, 20), MOVED, seed=seed) for seed in (1, 2))
        first.draw(2)
        second.restore(first.state())
        for one, two in zip(first.draw(3), second.draw(3), strict=True):
            assert torch.equal(one, two)
