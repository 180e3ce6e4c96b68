"""Graphs from .npz files, and back.

In:   an .npz with `nodes` (N, F), `edges` (E, 2), `weight` (E,), optionally `world` (N, 3); or one square `adjacency` (N, N).
      `graphs.npz#12` is the thirteenth of a stack of adjacency matrices (n, N, N).
Out:  Graph. Of an adjacency matrix each pair is one edge (i < j) where it is not 0; the diagonal is left out; nodes are its rows.
Not:  graphs from masks or tractograms.
"""

import zipfile
from pathlib import Path

import numpy as np

from isocenter.core.errors import FileError
from isocenter.core.graph import Graph
from isocenter.io.arrays import ONE_HEADER, load_stack
from isocenter.io.file_kind import split_fragment


def read_graph(path: Path) -> Graph:
    """Read a graph. FileError when the file holds none."""
    path, fragment = split_fragment(path)
    try:
        if fragment is not None:  # one stack serves many cases: it stays in memory between them
            return _of_adjacency(_one_of(load_stack(path, "adjacency"), fragment, path.name), path.name, None)
        with ONE_HEADER, np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile, EOFError) as error:
        raise FileError(f"expected a graph (.npz), got {path.name}, which cannot be read: {error}. Write it again.") from None
    if "adjacency" in arrays:
        return _of_adjacency(arrays["adjacency"], path.name, arrays.get("world"))
    missing = [name for name in ("nodes", "edges") if name not in arrays]
    if missing:
        raise FileError(
            f"expected a graph with `nodes` and `edges`, or `adjacency`, got {path.name} with {', '.join(arrays) or 'nothing'}."
        )
    edges = np.asarray(arrays["edges"], dtype=np.intp).reshape(-1, 2)
    return Graph(
        nodes=np.asarray(arrays["nodes"], dtype=np.float64),
        edges=edges,
        weight=np.asarray(arrays.get("weight", np.ones(len(edges))), dtype=np.float64),
        world=arrays.get("world"),
    )


def write_graph(graph: Graph, path: Path) -> Path:
    """Write a graph as .npz. Returns the path."""
    arrays = {"nodes": graph.nodes, "edges": graph.edges, "weight": graph.weight}
    if graph.world is not None:
        arrays["world"] = graph.world
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, allow_pickle=False, **arrays)
    except OSError as error:
        raise FileError(
            f"cannot write the graph {path.name}: {error.strerror}. Free some space or choose another folder."
        ) from None
    return path


def _one_of(matrices: np.ndarray, fragment: str, name: str) -> np.ndarray:
    """The matrix of this number of a stack."""
    if matrices.ndim != 3 or not fragment.isdecimal() or int(fragment) >= len(matrices):
        raise FileError(
            f"expected {name}#0 to #{len(matrices) - 1} of a stack (n, N, N), got #{fragment} of shape {matrices.shape}."
        )
    return np.asarray(matrices[int(fragment)])


def _of_adjacency(matrix: np.ndarray, name: str, world: np.ndarray | None) -> Graph:
    """One edge for each pair i < j that is not 0."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise FileError(f"expected a square adjacency matrix, got shape {matrix.shape} in {name}.")
    start, stop = np.nonzero(np.triu(matrix, k=1))
    return Graph(
        nodes=np.asarray(matrix, dtype=np.float64),
        edges=np.stack([start, stop], axis=1).astype(np.intp),
        weight=np.asarray(matrix[start, stop], dtype=np.float64),
        world=world,
    )
