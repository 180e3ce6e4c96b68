"""Pooling with switches, against torch's own."""

import pytest
import torch
from torch.nn import functional

from isocenter.learning.switches import pool_with_switches, unpool

POOL = {2: functional.max_pool2d, 3: functional.max_pool3d}
UNPOOL = {2: functional.max_unpool2d, 3: functional.max_unpool3d}


@pytest.mark.parametrize("window", [(2, 2), (3, 2), (1, 2), (2, 2, 2), (2, 1, 3)])
def test_it_pools_and_unpools_as_torch_does(window):
    x = torch.randn(2, 3, *(6 * w for w in window))
    theirs, places = POOL[len(window)](x, window, return_indices=True)
    ours, switches = pool_with_switches(x, window)
    assert torch.equal(ours, theirs)
    changed = torch.randn_like(theirs)
    assert torch.equal(unpool(changed, switches, window), UNPOOL[len(window)](changed, places, window))


def test_gradients_reach_the_maxima_alone():
    x = torch.randn(1, 1, 4, 4, requires_grad=True)
    pooled, switches = pool_with_switches(x, (2, 2))
    unpool(pooled, switches, (2, 2)).sum().backward()
    theirs, places = functional.max_pool2d(x.detach(), 2, return_indices=True)
    wanted = functional.max_unpool2d(torch.ones_like(theirs), places, 2)
    assert torch.equal(x.grad, wanted)


def test_of_equal_maxima_one_is_chosen():
    pooled, switches = pool_with_switches(torch.ones(1, 1, 4, 4), (2, 2))
    back = unpool(pooled, switches, (2, 2))
    assert back.sum() == 4
    assert torch.equal(back[0, 0, ::2, ::2], torch.ones(2, 2))


@pytest.mark.parametrize("half", [False, True])
def test_memory_layout_and_precision_change_nothing(half):
    x = torch.randn(1, 4, 8, 8)
    x = x.bfloat16() if half else x
    plain = unpool(*pool_with_switches(x, (2, 2)), (2, 2))
    last = x.contiguous(memory_format=torch.channels_last)
    assert torch.equal(unpool(*pool_with_switches(last, (2, 2)), (2, 2)), plain)
