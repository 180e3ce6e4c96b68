"""Reporting: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import exact_match, word_f1

TASK = Task(
    name="reporting",
    question="What would be written about it?",
    answers=frozenset({"text"}),
    primary="word_f1",
    better="higher",
    default="most_common_text",
    baselines=("most_common_text",),
    per_case=(word_f1.METRIC, exact_match.METRIC),
)
