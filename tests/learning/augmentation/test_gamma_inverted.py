"""Gamma seen from the bright end."""

import torch

from isocenter.learning.augment import Batch
from isocenter.learning.augmentation.gamma import GammaParameters
from isocenter.learning.augmentation.gamma import apply as gamma
from isocenter.learning.augmentation.gamma_inverted import apply


def test_it_is_gamma_of_the_negative() -> None:
    image, parameters = torch.randn(1, 1, 9, 9), GammaParameters(samples=(0,), exponents=((1.4,),))
    negative = gamma(Batch(image=-image), parameters).image
    torch.testing.assert_close(apply(Batch(image=image.clone()), parameters).image, -negative)
