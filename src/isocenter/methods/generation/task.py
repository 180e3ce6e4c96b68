"""Generation: what it asks, how the answer is measured, what must be beaten.

Each held-out image stands for a request: the model answers it with one image of its own, from a seed made of the case's key.
Then the set of answers is measured against the set of images that nobody learned from.
"""

from isocenter.core.task import Task
from isocenter.metrics.gist import thumbnail
from isocenter.metrics.per_cohort import fid, generator_precision, generator_recall, kid, two_sample_auc

TASK = Task(
    name="generation",
    question="What could another one look like?",
    answers=frozenset({"image"}),
    primary="kid",
    better="lower",
    default="dcgan",
    baselines=("pca_gaussian",),
    per_case=(),
    per_cohort=(kid.METRIC, fid.METRIC, generator_precision.METRIC, generator_recall.METRIC, two_sample_auc.METRIC),
    keep=thumbnail,
    by_name=True,
    pictures=True,
    requests=True,
)
