"""Edges of two graphs on the same nodes."""

import math

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.core.graph import Graph
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.edge_correlation import METRIC as CORRELATION
from isocenter.metrics.per_case.edge_error import METRIC


def graph(edges, weight, nodes=4):
    return Graph(nodes=np.zeros((nodes, 1)), edges=np.asarray(edges).reshape(-1, 2), weight=np.asarray(weight, float))


def pair(truth, answer):
    return Pair(case="a", target=Target(name="c", type="graph", columns=("c",)), truth=truth, answer=answer)


def test_a_missing_edge_has_weight_zero_and_direction_does_not_count():
    truth, answer = graph([[0, 1], [1, 2]], [1.0, 2.0]), graph([[1, 0], [2, 3]], [0.5, 4.0])
    assert METRIC(pair(truth, answer))[0].value == pytest.approx((0.5 + 2.0 + 4.0) / 3)


def test_correlation_equals_numpys(rng):
    edges = [[i, j] for i in range(6) for j in range(i)]
    a, b = rng.random((2, len(edges)))
    found = CORRELATION(pair(graph(edges, a, 6), graph(edges, b, 6)))[0].value
    assert found == pytest.approx(np.corrcoef(a, b)[0, 1])


def test_no_edges_or_no_variation_is_nan():
    nothing = graph([], [])
    assert math.isnan(METRIC(pair(nothing, nothing))[0].value)
    assert math.isnan(CORRELATION(pair(graph([[0, 1], [1, 2]], [1, 1]), graph([[0, 1], [1, 2]], [1, 2])))[0].value)


def test_another_number_of_nodes_is_refused():
    with pytest.raises(StudyError, match="5 nodes"):
        METRIC(pair(graph([[0, 1]], [1.0]), graph([[0, 1]], [1.0], nodes=5)))
