"""The mean of graphs."""

import numpy as np

from isocenter.core.graph import Graph
from isocenter.core.study import Target
from isocenter.methods.connectome.mean_graph import METHOD

TARGET = Target(name="network", type="graph", columns=("network",))


def graph(edges, weight, nodes=3):
    return Graph(nodes=np.ones((nodes, 1)), edges=np.array(edges).reshape(-1, 2), weight=np.array(weight, float))


def test_an_edge_that_is_missing_counts_as_zero():
    mean = METHOD.answer(TARGET, [graph([(0, 1), (1, 2)], [1.0, 4.0]), graph([(0, 1)], [3.0])])
    assert mean.edges.tolist() == [[0, 1], [1, 2]]
    assert mean.weight.tolist() == [2.0, 2.0]


def test_a_graph_of_another_size_is_left_out():
    mean = METHOD.answer(TARGET, [graph([(0, 1)], [1.0]), graph([(0, 1)], [3.0]), graph([(0, 1)], [99.0], nodes=9)])
    assert mean.weight.tolist() == [2.0]
    assert len(mean.nodes) == 3


def test_graphs_without_edges_have_a_mean_without_edges():
    assert METHOD.answer(TARGET, [graph([], [])]).edges.shape == (0, 2)
