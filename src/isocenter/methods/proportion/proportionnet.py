"""ProportionNet: an intermediate segmentation whose positive share is the label; learned from proportions alone.

Reference: Bortsova et al., MICCAI 2018, arXiv:1807.08601.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="proportionnet",
        task="proportion",
        answers=frozenset({"proportion"}),
        learned=True,
        cite="Bortsova et al., MICCAI 2018, arXiv:1807.08601",
        differs="sized for a stated budget; learns from intervals by cross-entropy",
    ),
    {
        "encoder": ("unet_features", "the share is that of a segmentation nobody drew"),
        "pooling": ("average_probability", "the label is the share of places that are positive"),
        "pooled_norm": (True, "some places stand out from the first step on"),
        "keep_map": (True, "the intermediate segmentation is half of the answer"),
    },
)
