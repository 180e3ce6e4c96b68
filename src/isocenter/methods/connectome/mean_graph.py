"""Mean graph: every edge with its mean weight over the learning cases, for everybody.

In:   labels of kind graph whose nodes correspond (node 7 is the same region in all). Graphs with another number of nodes than most
      have are left out.
Out:  one Graph with every edge that occurs in some case; an edge a case lacks counts as weight 0 there.
Not:  no matching of nodes.

Reference: Varoquaux & Craddock, NeuroImage 2013; 80:405-415 (group connectome by averaging).
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from isocenter.core.graph import Graph
from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant


class MeanGraph(Constant):
    """The mean of corresponding graphs."""

    card = Card(
        name="mean_graph",
        task="connectome",
        answers=frozenset({"graph"}),
        learned=False,
        cite="Varoquaux & Craddock, Learning and comparing functional connectomes across subjects, NeuroImage 2013; 80:405-415.",
        differs="Weights are averaged as they are, without Fisher's transformation.",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the mean graph; None if no label is a graph."""
        del target
        graphs = [label for label in labels if isinstance(label, Graph)]
        if not graphs:
            return None
        shape = Counter(graph.nodes.shape for graph in graphs).most_common(1)[0][0]
        alike = [graph for graph in graphs if graph.nodes.shape == shape]
        total: dict[tuple[int, int], float] = {}
        for graph in alike:
            for (a, b), weight in zip(graph.edges.tolist(), graph.weight.tolist(), strict=True):
                total[a, b] = total.get((a, b), 0.0) + weight
        edges = sorted(total)
        placed = [graph.world for graph in alike if graph.world is not None]
        return Graph(
            nodes=np.mean([graph.nodes for graph in alike], axis=0),
            edges=np.array(edges, np.intp).reshape(-1, 2),
            weight=np.array([total[edge] for edge in edges], float) / len(alike),
            world=np.mean(placed, axis=0) if len(placed) == len(alike) else None,
        )


METHOD = MeanGraph()
