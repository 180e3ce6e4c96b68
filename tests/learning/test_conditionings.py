"""Covariates enter where they are said to, and change what leaves."""

import pytest
import torch

from isocenter.learning.conditionings import CONDITIONINGS


@pytest.mark.parametrize("name", CONDITIONINGS.names())
def test_a_conditioning_gives_what_its_place_wants(name):
    member = CONDITIONINGS.get(name)
    module = member.build(5, 7)
    covariates = torch.randn(3, 5)
    if member.place == "features":
        features = torch.randn(3, 7, 4, 4)
        assert module(features, covariates).shape == features.shape
        assert torch.equal(module(features, covariates), features)  # it begins as if there were no covariates
    else:
        assert module(covariates).shape == (3, module.channels)
        assert not torch.equal(module(covariates), module(covariates + 1))
