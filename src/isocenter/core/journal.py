"""Journal: all a training loop may touch of the outside. The run folder is one; in tests, a list."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class Journal(Protocol):
    """Where a training writes what it must not lose."""

    scratch: Path
    """A folder for prepared arrays and compiled networks; may be emptied at any time between runs."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Append one line of numbers."""
        ...

    def save_state(self, state: Mapping[str, Any]) -> None:
        """Keep networks, optimizers, sampler, EMA, generators: all, or there is no resume."""
        ...

    def last_state(self) -> Mapping[str, Any] | None:
        """Return what was saved last, or None."""
        ...

    def stop_now(self) -> bool:
        """Tell whether the user or the safety clock asks for an end."""
        ...
