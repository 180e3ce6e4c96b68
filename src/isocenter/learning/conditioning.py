"""Conditioning: how a vector of covariates enters a network of images.

Out:  Conditioning, which every file of `conditionings/` ends in.
Not:  no conditioning itself (conditionings/), no reading of covariates (exam/covariates.py).
"""

from collections.abc import Callable
from typing import Literal

from torch import nn

from isocenter.core.method import Card
from isocenter.core.record import Record


class Conditioner(nn.Module):
    """A module that takes covariates in."""

    channels: int = 0
    """Of the vector it makes; 0 when it changes features instead."""


class Conditioning(Record):
    """One place where covariates enter.

    "image"    : module (covariates (N, K)) -> (N, channels): constant channels beside the image's
    "features" : module (features (N, F, *s), covariates (N, K)) -> features of the same shape
    "pooled"   : module (covariates (N, K)) -> (N, channels), joined to the pooled features
    """

    card: Card
    place: Literal["image", "features", "pooled"]
    build: Callable[[int, int], Conditioner]
    """(K, F) -> module; an added vector's length is the module's `channels`."""
