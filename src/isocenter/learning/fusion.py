"""Fusion: how several views or modalities become one map of features.

Out:  Fused, Fusion; every file of `fusions/` ends in a Fusion.
Not:  no fusion itself (fusions/), no images and tables (conditionings/).
"""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.core.record import Record
from isocenter.learning.encoder import Features

MakeEncoder = Callable[[int], Features]
"""Channels -> a fresh encoder."""


class Fused(Record):
    """What a fusion hands on."""

    features: Tensor
    """(N, F, *s)."""
    auxiliary: tuple[Tensor, ...] = ()
    """Per view (N, F_v, *s): maps that get a head and a loss of their own in training; () = none."""


class Fusing(nn.Module):
    """(views: V tensors (N, C_v, *S), present (N, V) of 0 and 1) -> Fused. The samples of a missing view are 0."""

    features: int
    """F."""
    auxiliary: tuple[int, ...] = ()
    """F_v of each auxiliary map."""
    stride: int
    """S / s."""
    center: float
    """Sample the first place is centered on; see Features."""


class Fusion(Record):
    """One way to fuse."""

    card: Card
    build: Callable[[MakeEncoder, Sequence[int]], Fusing]
    """(make_encoder, channels of each view) -> module."""
