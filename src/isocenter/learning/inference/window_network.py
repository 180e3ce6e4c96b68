"""What predicts windows: a network on some arithmetic, ready to be called."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class WindowNetwork(Protocol):
    """A fitted network for windows of one size."""

    @property
    def name(self) -> str:
        """Engine and precision, for the plan: "openvino bfloat16"."""
        ...

    @property
    def batch(self) -> int:
        """How many windows at once use the machine best."""
        ...

    def __call__(self, windows: NDArray[np.float32]) -> Sequence[NDArray[Any]]:
        """(B, C, *window), B at most `batch` -> B arrays of logits (K, *window) float32, valid until the next call."""
        ...
