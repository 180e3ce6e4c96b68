"""Journal: all a training loop may touch of the outside. The run folder is one; in tests, a list."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Journal(Protocol):
    """Where a training writes what it must not lose."""

    scratch: Path
    """A folder for prepared arrays and compiled networks; may be emptied at any time between runs."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Append one line of numbers."""
        ...

    def show(self, step: int, images: NDArray[np.floating]) -> None:
        """Keep a few pictures (N, C, X, Y) in [-1, 1] that were made at a step, for whoever watches the training."""
        ...

    def save_state(self, state: Mapping[str, Any]) -> None:
        """Keep networks, optimizers, sampler, EMA, generators: all, or there is no resume."""
        ...

    def last_state(self) -> Mapping[str, Any] | None:
        """Return what was saved last, or None: then what a training before this one left is forgotten."""
        ...

    def save_good(self, state: Mapping[str, Any]) -> None:
        """Keep a state to go back to, should the training diverge; it is apart from the one to resume from."""
        ...

    def last_good(self) -> Mapping[str, Any] | None:
        """Return the good state kept last, or None."""
        ...

    def stop_now(self) -> bool:
        """Tell whether the user or the safety clock asks for an end."""
        ...
