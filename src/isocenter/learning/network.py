"""Network: the card, config and builder every file of `networks/` ends in.

Out:  Network, which a registry member is.
Not:  no network itself (networks/), no weights on disk (the methods save them).
"""

from collections.abc import Callable
from typing import Any

from torch import nn

from isocenter.core.method import Card
from isocenter.core.record import Record


class Network(Record):
    """One kind of network: how it is described, configured and built."""

    card: Card
    config: type[Any]
    """A frozen dataclass; it has at least dimensions, in_channels, out_channels and deep_supervision."""
    build: Callable[[Any], nn.Module]
    """Config -> module with random weights: image (N, C_in, *S) -> logits (N, C_out, *S).

    In training, with deep supervision, a tuple of logits, finest first.
    """
    divisor: Callable[[Any], tuple[int, ...]]
    """Config -> what the patch must be divisible by, per axis."""
    run: int = 0
    """Slices of a volume it walks along one after the other, in a patch of that many; 0 = it treats all axes alike."""
