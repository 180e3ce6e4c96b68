"""Edges: every connection of a graph by itself.

In:   graphs; labels of kind value; an interval stands for its midpoint.
Out:  one Amount with its 95 % prediction interval.
Not:  no topology: an edge knows nothing of the nodes it joins.

Reference: Abraham et al., NeuroImage 2017; 147:736-745.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import edges
from isocenter.methods._tabular.tabular import Tabular


class Edges(Tabular):
    """The upper triangle of the connectome."""

    card: ClassVar[Card] = Card(
        name="edges",
        task="regression",
        answers=frozenset({"value"}),
        learned=False,
        cite=(
            "Abraham et al., Deriving reproducible biomarkers from multi-site resting-state data: an autism-based example, "
            "NeuroImage 2017; 147:736-745."
        ),
        differs=(
            "Elastic net on Fisher's z of the edges where the paper has ridge and support vectors on several connectivity measures."
        ),
        reads="graphs",
    )
    extractor = edges.Edges
    config = edges.EdgesConfig


METHOD = Edges()
