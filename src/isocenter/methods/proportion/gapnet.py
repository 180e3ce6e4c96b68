"""GAPNet: features averaged over the region a proportion speaks of, then one number.

Reference: Bortsova et al., MICCAI 2018, arXiv:1807.08601.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="gapnet",
        task="proportion",
        answers=frozenset({"proportion"}),
        learned=True,
        cite="Bortsova et al., MICCAI 2018, arXiv:1807.08601",
        differs="sized for a stated budget; learns from intervals by cross-entropy",
    ),
    {
        "pooling": ("average", "the label is the mean of what every place adds"),
        "pooled_norm": (True, "small lesions hardly move the mean of a region"),
        "keep_map": (True, "the map of a weak label is half of its answer"),
    },
)
