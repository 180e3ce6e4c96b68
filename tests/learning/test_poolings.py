"""What is outside a label's region does not count; each pooling gives what its formula says."""

import math

import pytest
import torch

from isocenter.learning.poolings import POOLINGS

NAMES = POOLINGS.names()


def pooled(name, x, where):
    torch.manual_seed(0)
    return POOLINGS.get(name).build(x.shape[1])(x, where)


@pytest.mark.parametrize("name", NAMES)
def test_places_outside_the_region_change_nothing(name):
    torch.manual_seed(1)
    x = torch.randn(2, 3, 20)
    where = torch.ones(2, 1, 20)
    where[:, :, 12:] = 0
    other = x.clone()
    other[:, :, 12:] += 100 * torch.randn(2, 3, 8)
    assert torch.allclose(pooled(name, x, where), pooled(name, other, where), atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_places_changes_nothing(name):
    x, where = torch.randn(2, 3, 20), torch.ones(2, 1, 20)
    turned = torch.randperm(20)
    assert torch.allclose(pooled(name, x, where), pooled(name, x[:, :, turned], where), atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_region_without_places_gives_a_number(name):
    assert torch.isfinite(pooled(name, torch.randn(2, 3, 20), torch.zeros(2, 1, 20))).all()


@pytest.mark.parametrize("name", NAMES)
def test_gradients_reach_the_places(name):
    x = torch.randn(2, 3, 20, requires_grad=True)
    pooled(name, x, torch.ones(2, 1, 20)).sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()
    assert x.grad.abs().sum() > 0


def test_formulas():
    x = torch.tensor([[[0.0, 2.0, -1.0, 3.0]]])
    where = torch.ones(1, 1, 4)
    p = torch.sigmoid(x[0, 0])
    assert pooled("average", x, where).item() == pytest.approx(1.0)
    assert pooled("average_answer", x, where).item() == pytest.approx(1.0)
    assert pooled("maximum", x, where).item() == 3.0
    assert pooled("maximum_answer", x, where).item() == 3.0
    assert torch.sigmoid(pooled("average_probability", x, where)).item() == pytest.approx(p.mean().item(), abs=1e-6)
    assert torch.sigmoid(pooled("noisy_or", x, where)).item() == pytest.approx(1 - (1 - p).prod().item(), abs=1e-6)
    total = sum(math.exp(v) for v in x[0, 0].tolist())
    assert pooled("log_total", x, where).item() == pytest.approx(math.log(total), abs=1e-5)
    expected = math.log(sum(math.exp(4 * v) for v in x[0, 0].tolist()) / 4) / 4
    assert pooled("log_sum_exp", x, where).item() == pytest.approx(expected, abs=1e-5)


def test_noisy_or_has_a_slope_on_a_map_of_any_size():
    for places in (20, 2_700, 500_000):
        x = torch.zeros(1, 1, places, requires_grad=True)
        answer = pooled("noisy_or", x, torch.ones(1, 1, places))
        answer.backward()
        assert answer.item() == pytest.approx(places * math.log(2), rel=1e-4)
        assert x.grad.sum().item() == pytest.approx(places / 2, rel=1e-4)


def test_a_total_grows_with_the_places_that_add_and_a_mean_does_not():
    x, one, two = torch.zeros(1, 1, 20), torch.zeros(1, 1, 20), torch.zeros(1, 1, 20)
    one[:, :, :5], two[:, :, :10] = 1, 1
    assert (pooled("log_total", x, two) - pooled("log_total", x, one)).item() == pytest.approx(math.log(2), abs=1e-5)
    assert pooled("average_answer", x, two).item() == pooled("average_answer", x, one).item()


def test_attention_is_a_share_of_the_region():
    module = POOLINGS.get("attention").build(3)
    where = torch.ones(2, 1, 20)
    where[:, :, 15:] = 0
    share = module.attention(torch.randn(2, 3, 20), where)
    assert torch.allclose(share.sum(dim=2), torch.ones(2, 1), atol=1e-5)
    assert (share[:, :, 15:] == 0).all()
