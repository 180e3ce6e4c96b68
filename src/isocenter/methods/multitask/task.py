"""Multi-task learning: several labels of one exam; each is measured as its own kind is."""

from isocenter.core.task import Task

TASK = Task(
    name="multitask",
    question="What do the labels of this exam say?",
    answers=frozenset({"mask", "class", "multilabel", "ordinal", "value", "count", "proportion", "survival"}),
    primary="",
    better="higher",
    default="cnn",
    baselines=("label_means",),
    per_case=(),
)
