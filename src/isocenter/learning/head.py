"""Head: what a network's last numbers mean, how wrong they are, and the answer they make.

Out:  Head (fitted to the labels of one target; JSON-able fields) and HeadKind, which every file of `heads/` ends in.
Not:  no head itself (heads/), no network.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.method import Card
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.core.value import Kind, Value

Floats = NDArray[np.floating[Any]]


class Head(Protocol):
    """A frozen dataclass of plain numbers and names."""

    @property
    def outputs(self) -> int:
        """Numbers the network gives for this target."""
        ...

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return a label as numbers (T,); NaN = not assessed."""
        ...

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the loss of each case (N,).

        raw : (N, outputs); truth : (N, T), no row wholly NaN. A loss that compares cases with one another shares it out among them.
        """
        ...

    def calibrated(self, raw: Floats, truth: Floats) -> "Head":
        """Return the head with what is chosen on cases not learned from: temperature, level of a hazard.

        raw : (N, outputs); truth : (N, T), no row wholly NaN
        """
        ...

    @property
    def answer_border(self) -> float:
        """Return the value of a map above which a place speaks for what is asked."""
        ...

    def answer(self, raw: Floats) -> Value:
        """Return the answer of one case from its (outputs,) numbers."""
        ...

    def map(self, raw: Floats) -> Floats:
        """Return what the numbers say at every place, (outputs, *s) -> (M, *s), in the unit a picture of it should have."""
        ...


class HeadKind(Record):
    """One kind of head."""

    card: Card
    kinds: frozenset[Kind]
    """Kinds of target it can answer."""
    default_of: frozenset[Kind]
    """Kinds for which it is taken when the study names none."""
    config: Callable[..., Head]
    """Fields -> head: how a saved one comes back."""
    fit: Callable[[Target, Sequence[Value]], Head]
    """Target and the learning cases' labels -> head."""
