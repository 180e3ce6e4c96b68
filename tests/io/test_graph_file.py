"""Graphs read from edges or from an adjacency matrix, and survive writing."""

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.core.graph import Graph
from isocenter.io.graph_file import read_graph, write_graph


def test_a_graph_survives_writing(tmp_path):
    graph = Graph(
        nodes=np.eye(3), edges=np.array([[0, 1], [1, 2]]), weight=np.array([0.5, 2.0]), world=np.arange(9.0).reshape(3, 3)
    )
    again = read_graph(write_graph(graph, tmp_path / "g.npz"))
    for name in ("nodes", "edges", "weight", "world"):
        np.testing.assert_array_equal(getattr(again, name), getattr(graph, name))


def test_an_adjacency_matrix_gives_one_edge_a_pair(tmp_path):
    np.savez(tmp_path / "g.npz", adjacency=np.array([[1, 2, 0], [2, 1, 3], [0, 3, 1]]))
    graph = read_graph(tmp_path / "g.npz")
    assert graph.edges.tolist() == [[0, 1], [1, 2]]
    assert graph.weight.tolist() == [2, 3]


def test_a_number_after_the_name_picks_one_of_a_stack(tmp_path):
    np.savez(tmp_path / "g.npz", adjacency=np.stack([np.zeros((2, 2)), np.ones((2, 2))]))
    assert len(read_graph(tmp_path / "g.npz#0").edges) == 0
    assert len(read_graph(tmp_path / "g.npz#1").edges) == 1
    with pytest.raises(FileError, match="#0 to #1"):
        read_graph(tmp_path / "g.npz#2")


def test_a_file_without_graph_says_what_it_has(tmp_path):
    np.savez(tmp_path / "g.npz", volume=np.zeros(3))
    with pytest.raises(FileError, match=r"got g.npz with volume"):
        read_graph(tmp_path / "g.npz")
    (tmp_path / "h.npz").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(FileError, match="cannot be read"):
        read_graph(tmp_path / "h.npz")
