"""Stains normalized and jittered."""

import json

import numpy as np
import pytest
import torch

from isocenter.learning.slides.stain import (
    Reference,
    as_tensor,
    jittered,
    normalized,
    palette_of,
    reference_from,
    reference_of,
    turned,
)  # fmt: skip

WHITE = (245.0, 245.0, 245.0)


def tiles(dyes, *, seed=0, dense=1.0):
    """Tiles stained with two dyes in amounts that vary."""
    rng = np.random.default_rng(seed)
    amount = rng.gamma(2.0, 0.25, (2, 6, 1, 24, 24)) * dense * rng.integers(0, 2, (2, 6, 1, 24, 24))
    vectors = np.asarray(dyes, float)[:, None, :, None, None]
    light = 245 * 10.0 ** -(amount * vectors / np.linalg.norm(dyes, axis=1)[:, None, None, None, None]).sum(axis=0)
    return np.clip(np.rint(light), 0, 255).astype(np.uint8)


ONE = tiles([(0.65, 0.70, 0.29), (0.07, 0.99, 0.11)])
OTHER = tiles([(0.54, 0.76, 0.37), (0.17, 0.95, 0.27)], dense=1.3)


@pytest.mark.parametrize("way", ["macenko", "reinhard"])
def test_two_laboratories_come_closer(way):
    own, other = (palette_of(way, t, white=WHITE) for t in (ONE, OTHER))
    reference = reference_of(way, [own])
    made = normalized(OTHER, other, reference)
    assert made.shape == OTHER.shape
    assert made.dtype == np.uint8

    def apart(a, b):
        return float(np.abs(a.mean(axis=(0, 2, 3)) - b.mean(axis=(0, 2, 3))).max())

    assert apart(made, ONE) < 0.3 * apart(OTHER, ONE)


def test_what_cannot_be_told_is_left_as_it_is():
    gray = np.full((2, 3, 8, 8), 240, np.uint8)
    assert palette_of("macenko", gray, white=WHITE) is None
    assert palette_of("none", ONE, white=WHITE) is None
    assert normalized(gray, None, Reference(way="macenko")) is gray


@pytest.mark.parametrize("way", ["none", "macenko", "reinhard"])
def test_a_reference_survives_json(way):
    reference = reference_of(way, [palette_of(way, ONE, white=WHITE)])
    written = json.dumps(reference.as_json())
    assert json.dumps(reference_from(json.loads(written)).as_json()) == written


def test_jitter_changes_colors_and_repeats():
    shown = as_tensor(ONE)
    assert torch.equal(jittered(shown, np.random.default_rng(0), strength=0.0), shown)
    one, two = (jittered(shown, np.random.default_rng(3), strength=0.5) for _ in range(2))
    assert torch.equal(one, two)
    assert one.min() >= -1
    assert one.max() <= 1
    assert float((one - shown).abs().mean()) > 0.02


def test_turns_keep_every_sample():
    shown = as_tensor(ONE)
    made = turned(shown, np.random.default_rng(0))
    assert not torch.equal(made, shown)
    assert torch.equal(made.flatten(1).sort(dim=1).values, shown.flatten(1).sort(dim=1).values)
