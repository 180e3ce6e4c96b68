"""Edges: every connection of a graph by itself.

In:   graphs; labels of whole exams.
Out:  what the task answers.
Not:  no topology: an edge knows nothing of the nodes it joins.

Reference: Abraham et al., NeuroImage 2017; 147:736-745.
"""

from isocenter.core.task import Task
from isocenter.methods._tabular.extractors import edges
from isocenter.methods._tabular.tabular import Tabular


def method(task: Task) -> Tabular:
    """Return it for a task."""
    return Tabular.of(
        task,
        "edges",
        edges.Edges,
        edges.EdgesConfig,
        cite=(
            "Abraham et al., Deriving reproducible biomarkers from multi-site resting-state data: an autism-based example, "
            "NeuroImage 2017; 147:736-745."
        ),
        differs="Elastic net on Fisher's z of the edges where the paper has ridge and support vectors on several measures.",
        reads="graphs",
    )
