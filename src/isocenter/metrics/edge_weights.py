"""The edges of two graphs on the same nodes, side by side.

In:   two Graphs with as many nodes.
Out:  weights (P, 2) of every pair of nodes that is an edge in either; a missing edge has weight 0.
Not:  no matching of nodes: node i of one is node i of the other.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.graph import Graph
from isocenter.core.task import Pair


def edge_weights(pair: Pair) -> NDArray[np.float64]:
    """Return the weights (P, 2), truth and answer, of the edges of either graph; edges have no direction.

    A graph that lists an edge in both directions has the mean of the two. StudyError if the answer is no graph or has another
    number of nodes.
    """
    truth, answer = pair.truth, pair.answer
    if not isinstance(truth, Graph) or not isinstance(answer, Graph) or len(truth.nodes) != len(answer.nodes):
        got = f"{len(answer.nodes)} nodes" if isinstance(answer, Graph) else type(answer).__name__
        raise StudyError(f"case {pair.case}: expected a graph of the truth's nodes as answer, got {got}.")
    first, second = _weights(truth), _weights(answer)
    edges = sorted(first.keys() | second.keys())
    return np.array([(first.get(edge, 0.0), second.get(edge, 0.0)) for edge in edges], float).reshape(-1, 2)


def _weights(graph: Graph) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], list[float]] = {}
    for (a, b), weight in zip(graph.edges.tolist(), graph.weight.tolist(), strict=True):
        found.setdefault((min(a, b), max(a, b)), []).append(weight)
    return {edge: sum(weights) / len(weights) for edge, weights in found.items()}
