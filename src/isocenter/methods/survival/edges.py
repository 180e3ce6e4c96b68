"""Edges: every connection of a graph by itself.

In:   graphs; labels of kind survival.
Out:  one Survival curve.
Not:  no topology: an edge knows nothing of the nodes it joins.

Reference: Abraham et al., NeuroImage 2017; 147:736-745; Cox, J R Stat Soc B 1972; 34:187-220.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import edges
from isocenter.methods._tabular.tabular import Tabular


class Edges(Tabular):
    """The upper triangle of the connectome."""

    card: ClassVar[Card] = Card(
        name="edges",
        task="survival",
        answers=frozenset({"survival"}),
        learned=False,
        cite=(
            "Abraham et al., Deriving reproducible biomarkers from multi-site resting-state data: an autism-based example, "
            "NeuroImage 2017; 147:736-745."
        ),
        differs="Proportional hazards (Cox 1972) with an elastic-net penalty on the features.",
        reads="graphs",
    )
    extractor = edges.Edges
    config = edges.EdgesConfig


METHOD = Edges()
