"""Connectome: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import edge_correlation, edge_error

TASK = Task(
    name="connectome",
    question="What is connected with what, and how strongly?",
    answers=frozenset({"graph"}),
    primary="edge_error",
    better="lower",
    default="mean_graph",
    baselines=("mean_graph",),
    per_case=(edge_error.METRIC, edge_correlation.METRIC),
)
