"""The pool shows some images again, forgets none before it is full, and goes on from its state."""

import numpy as np
import torch

from isocenter.learning.generative.image_pool import ImagePool


def numbered(first, count=4):
    return torch.arange(first, first + count, dtype=torch.float32).view(-1, 1, 1, 1)


def test_while_it_fills_the_new_ones_are_shown():
    pool = ImagePool(np.random.default_rng(0), size=8)
    assert torch.equal(pool.exchange(numbered(0)), numbered(0))
    assert torch.equal(pool.exchange(numbered(4)), numbered(4))


def test_then_about_half_are_earlier_ones():
    pool = ImagePool(np.random.default_rng(0), size=8)
    earlier = 0
    for first in range(0, 400, 4):
        shown = pool.exchange(numbered(first))
        assert (shown < first + 4).all()
        earlier += int((shown < first).sum())
    assert 150 < earlier < 250


def test_a_restored_pool_exchanges_alike():
    rngs = [np.random.default_rng(3) for _ in range(2)]
    first, second = (ImagePool(rng, size=4) for rng in rngs)
    for n in (0, 4, 8):
        first.exchange(numbered(n))
    second.restore(first.state())
    rngs[1].bit_generator.state = rngs[0].bit_generator.state
    assert torch.equal(first.exchange(numbered(12)), second.exchange(numbered(12)))


def test_nothing_shown_carries_a_gradient():
    image = torch.zeros(2, 1, 1, 1, requires_grad=True)
    assert not ImagePool(np.random.default_rng(0)).exchange(image).requires_grad
