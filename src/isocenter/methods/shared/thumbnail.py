"""Thumbnail: the gross picture, at 16 × 16 (× 8) samples.

In:   images; labels of whole exams.
Out:  what the task answers.
Not:  nothing that needs more than a glance from afar.

Reference: Torralba, Fergus & Freeman, IEEE Trans Pattern Anal Mach Intell 2008; 30:1958-1970.
"""

from isocenter.core.task import Task
from isocenter.methods._tabular.extractors import thumbnail
from isocenter.methods._tabular.tabular import Tabular


def method(task: Task) -> Tabular:
    """Return it for a task."""
    return Tabular.of(
        task,
        "thumbnail",
        thumbnail.Thumbnail,
        cite="Torralba, Fergus & Freeman, 80 million tiny images, IEEE Trans Pattern Anal Mach Intell 2008; 30:1958-1970.",
        differs="16 samples a side where the paper has 32, and an elastic net or forest where it has nearest neighbors.",
    )
