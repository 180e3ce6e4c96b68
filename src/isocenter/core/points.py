"""Points: places, or boxes around them, with kind and score. A truth or an answer."""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class Points(Record):
    """N places in world coordinates; `extent` makes them boxes."""

    world: NDArray[np.floating]
    """(N, d), the center."""
    kind: NDArray[np.intp]
    """(N,), index into names."""
    score: NDArray[np.floating]
    """(N,), in [0, 1]; NaN in a truth."""
    names: tuple[str, ...]
    extent: NDArray[np.floating] | None = None
    """(N, d), full size of each box; None for points."""

    def __len__(self) -> int:
        """Return N."""
        return len(self.world)
