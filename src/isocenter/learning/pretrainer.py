"""Pretrainer: how encoders learn from images without labels; what every file of `pretraining/` ends in.

Out:  Pretrainer, Images, PretrainConfig.
Not:  no way of learning itself (pretraining/), no choice of images (exam/unlabelled.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor

from isocenter.core.method import Card
from isocenter.core.record import Record
from isocenter.learning.encoder import Features
from isocenter.learning.phases import Phase


@dataclass(frozen=True, kw_only=True)
class PretrainConfig:
    """How long and how fast."""

    dimensions: int = 2
    """2 or 3."""
    steps: int = 100
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    precision: str = "float32"
    seed: int = 0


class Images(Protocol):
    """Where the images come from."""

    channels: tuple[int, ...]
    """Of what each encoder sees."""

    def draw(self) -> Sequence[Tensor | None]:
        """Return the next images of each encoder, (n, C, *S) with n ≥ 2; None for one that has none in this batch."""
        ...

    def state(self) -> Mapping[str, Any]:
        """Return generators."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        ...


class Pretrainer(Record):
    """One way to learn without labels."""

    card: Card
    encoders: frozenset[str] = frozenset()
    """Encoders it can teach; none named = any."""
    build: Callable[[Sequence[Features], Images, PretrainConfig], Sequence[Phase]]
    """(encoders, images, config) -> phases whose learners change the encoders; their steps add up to the config's."""
