"""Edges of a graph: the upper triangle of its adjacency matrix, after Fisher.

In:   graphs, all of one number of nodes (a connectome: 116 regions, 6670 edges).
Out:  a block a graph: artanh of each correlation i < j, 0 where there is no edge.
Not:  no nodes' own numbers; the two directions of an edge are averaged.

A correlation of 1 is taken as 0.9999, so that a graph of zeros and ones is two values.

Reference: Fisher, Biometrika 1915; 10:507-521 (z).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import PlanError, UnitError, unknown
from isocenter.core.graph import Graph
from isocenter.core.study import Target
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.features import Extractor, Features

_TRANSFORMS = ("fisher", "none")


@dataclass(frozen=True, kw_only=True)
class EdgesConfig(TabularConfig):
    """How weights are read."""

    transform: str = "fisher"
    """fisher: weights are correlations, -1 … 1; none: they are taken as they are."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.transform not in _TRANSFORMS:
            raise PlanError(unknown("transform", str(self.transform), _TRANSFORMS))


class Edges(Extractor):
    """Every pair of nodes by itself."""

    wants: ClassVar[str] = "a graph with as many nodes as those learned from"

    def __call__(self, case: Case, target: Target) -> Features:
        """Return the edges of each graph. UnitError for weights beyond -1 … 1 that are to be correlations."""
        del target
        graphs = {n: g for n in self.inputs if isinstance(g := case.inputs.get(n), Graph)}
        return Features(blocks={f"{n}:{len(g.nodes)}": self._numbers(case, g) for n, g in graphs.items()}, words={})

    def _numbers(self, case: Case, graph: Graph) -> NDArray[np.float64]:
        weights = triangle(graph)
        if self.config.transform == "none":
            return weights
        if np.abs(weights).max(initial=0.0) > 1 + 1e-6:
            raise UnitError(
                f"expected correlations from -1 to 1 in case {case.key}, got {weights.min():.4g} to {weights.max():.4g}. "
                "Take weights as they are with `settings: {transform: none}`."
            )
        return np.asarray(np.arctanh(np.clip(weights, -0.9999, 0.9999)))


def triangle(graph: Graph) -> NDArray[np.float64]:
    """Return the weights of the pairs i < j, row by row, (N (N - 1) / 2,); 0 where there is no edge."""
    n = len(graph.nodes)
    low, high = graph.edges.min(axis=1, initial=n), graph.edges.max(axis=1, initial=0)
    total, count = np.zeros((n, n)), np.zeros((n, n))
    np.add.at(total, (low, high), graph.weight)
    np.add.at(count, (low, high), 1.0)
    upper = np.triu_indices(n, k=1)
    return np.asarray(total[upper] / np.maximum(count[upper], 1.0))
