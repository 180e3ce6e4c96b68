"""Pooling: how what is seen at every place becomes what is said of the whole.

Out:  Pooling, which every file of `poolings/` ends in.
Not:  no pooling itself (poolings/).
"""

from collections.abc import Callable
from typing import Literal

from torch import nn

from isocenter.core.method import Card
from isocenter.core.record import Record


class Pooling(Record):
    """One way from places to the whole.

    A module of the level "features" pools features, and the head speaks of the pooled ones; "answers" lets the head speak at every
    place and pools what it says (logits): the instances of multiple-instance learning.
    """

    card: Card
    level: Literal["features", "answers"]
    build: Callable[[int], nn.Module]
    """Channels -> module: (x (N, C, P), where (N, 1, P) in [0, 1]) -> (N, C), over P places: of all slices or images of a bag.

    `where` is 1 where the label speaks; places with 0 add nothing. The module's `attention(x, where)`, if it has one, gives
    (N, 1, P), the share of each place.
    """
