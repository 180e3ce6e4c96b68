"""Graph: a connectome or an airway tree. A truth or an answer."""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class Graph(Record):
    """nodes (N, F), edges (E, 2), weight (E,); world (N, 3) if it has a place."""

    nodes: NDArray[np.floating]
    edges: NDArray[np.intp]
    weight: NDArray[np.floating]
    world: NDArray[np.floating] | None = None
