"""Multi-scale streams: what each sample's answer depends on."""

import pytest
import torch

from isocenter.core.errors import PlanError
from isocenter.learning.networks.multi_scale import NETWORK, MultiScale, MultiScaleConfig

MIDDLE = 32


def small(**more):
    torch.manual_seed(0)
    return MultiScaleConfig(dimensions=2, widths=(8, 8, 8), convolutions=2, normalization="batch", **more)


def answer(network, image):
    """Logits of the middle sample: without statistics of the patch, only what it sees can change them."""
    with torch.no_grad():
        return network(image)[0, :, MIDDLE, MIDDLE]


def test_far_samples_count_by_their_means_alone():
    network, image = MultiScale(small()).eval(), torch.randn(1, 1, 64, 64)
    plain = answer(network, image)
    block = (slice(None), slice(None), slice(40, 44), slice(32, 36))  # outside the reach of the first two streams
    swapped = image.clone()
    swapped[block] = image[block].flip(2, 3)
    assert torch.allclose(answer(network, swapped), plain, atol=1e-6)
    raised = image.clone()
    raised[block] += 3.0
    assert not torch.allclose(answer(network, raised), plain, atol=1e-4)


def test_near_samples_count_one_by_one():
    network, image = MultiScale(small()).eval(), torch.randn(1, 1, 64, 64)
    swapped = image.clone()
    swapped[:, :, 32:36, 32:36] = image[:, :, 32:36, 32:36].flip(2, 3)
    assert not torch.allclose(answer(network, swapped), answer(network, image), atol=1e-4)


@pytest.mark.parametrize(("streams", "sees", "blind"), [(1, 2, 3), (2, 4, 12), (3, 10, 28)])
def test_every_stream_sees_further_than_the_one_before(streams, sees, blind):
    network, image = MultiScale(small(streams=streams)).eval(), torch.randn(1, 1, 64, 64)
    plain = answer(network, image)
    for away in (sees, blind):
        changed = image.clone()
        changed[:, :, MIDDLE + away, MIDDLE] += 50.0
        assert torch.allclose(answer(network, changed), plain, atol=1e-5) == (away == blind)


def test_factors_are_the_plans_strides():
    config = MultiScaleConfig(widths=(4, 8, 8, 8), strides=((1, 1, 1), (2, 2, 1), (2, 2, 2), (2, 2, 2)))
    assert config.factors == ((1, 1, 1), (2, 2, 1), (4, 4, 2))
    assert NETWORK.divisor(config) == (8, 8, 4)


def test_numbers_that_make_no_network_are_refused():
    with pytest.raises(PlanError, match="convolutions"):
        MultiScaleConfig(convolutions=0)
    with pytest.raises(PlanError, match="normalization"):
        MultiScaleConfig(normalization="none")
