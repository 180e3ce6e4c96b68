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

    @property
    def matrix(self) -> NDArray[np.float32]:
        """The weights between nodes, (N, N), symmetric; 0 where there is no edge."""
        count = len(self.nodes)
        made = np.zeros((count, count), np.float32)
        if len(self.edges):
            made[self.edges[:, 0], self.edges[:, 1]] = self.weight
            made[self.edges[:, 1], self.edges[:, 0]] = self.weight
        return made
