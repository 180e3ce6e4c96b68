"""Image statistics: intensities, edges and roughness, without place or shape.

In:   images; labels of whole exams.
Out:  what the task answers.
Not:  no shapes, no places.

Reference: Lindeberg, Int J Comput Vis 1998; 30:79-116 (the features).
"""

from isocenter.core.task import Task
from isocenter.methods._tabular.extractors import image_statistics
from isocenter.methods._tabular.tabular import Tabular


def method(task: Task) -> Tabular:
    """Return it for a task."""
    return Tabular.of(
        task,
        "image_statistics",
        image_statistics.ImageStatistics,
        cite="Lindeberg, Feature detection with automatic scale selection, Int J Comput Vis 1998; 30:79-116.",
        differs="Sums over the image (or the label's region) of derivatives at three scales, with percentiles and a histogram.",
    )
