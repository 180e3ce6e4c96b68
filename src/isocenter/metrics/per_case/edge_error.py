"""Edge error: the mean absolute difference of a graph's weights.

Out:  `edge_error`, >= 0, over the edges either graph has; one that is missing weighs 0. NaN without edges.
Not:  no matching of nodes: node i of the answer is node i of the truth.
Reference: Wills & Meyer, PLoS One 2020; 15:e0228728 (distances of adjacency matrices).
"""

from isocenter.core.graph import Graph
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair

_METHOD = "mean absolute difference of weights over the union of edges; Wills & Meyer, PLoS One 2020"


def measure(pair: Pair) -> list[Measurement]:
    """Return the error; nothing unless truth and answer are graphs."""
    if not isinstance(pair.truth, Graph) or not isinstance(pair.answer, Graph):
        return []
    truth, answer = weights(pair.truth), weights(pair.answer)
    edges = truth.keys() | answer.keys()
    gaps = [abs(truth.get(edge, 0.0) - answer.get(edge, 0.0)) for edge in edges]
    value = sum(gaps) / len(gaps) if gaps else float("nan")
    return [Measurement(case=pair.case, name="edge_error", value=value, unit="1", method=_METHOD)]


def weights(graph: Graph) -> dict[tuple[int, int], float]:
    """Return the weight of each edge by its two nodes, the smaller first."""
    return {(min(a, b), max(a, b)): w for (a, b), w in zip(graph.edges.tolist(), graph.weight.tolist(), strict=True)}


METRIC: CaseMetric = measure
