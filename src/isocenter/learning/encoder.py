"""Encoder: the card, config and builder every file of `encoders/` ends in.

Out:  Encoder, which a registry member is.
Not:  no encoder itself (encoders/), nothing that makes an answer of features (poolings/, heads/).
"""

from collections.abc import Callable
from typing import Any

from torch import nn

from isocenter.core.method import Card
from isocenter.core.record import Record


class Features(nn.Module):
    """A module that knows how many features it gives: image (N, C_in, *S) -> features (N, F, *s)."""

    features: int
    """F."""
    stride: int
    """S / s, the same on every axis."""
    center: float = 0.0
    """Index of the sample the first place of the features is centered on, the same on every axis; the next is `stride` further."""


class Encoder(Record):
    """One kind of encoder: how it is described, configured and built."""

    card: Card
    config: type[Any]
    """A frozen dataclass; it has at least dimensions and in_channels."""
    build: Callable[[Any], Features]
    """Config -> module with random weights."""
