"""GP-Unet: a U-Net pooled to one number learns from counts alone; without the pooling it maps what it counted.

Reference: Dubost et al., GP-Unet: lesion detection from weak labels with a 3D regression network, MICCAI 2017, arXiv:1705.07999.
"""

from isocenter.core.method import Card
from isocenter.core.task import Task
from isocenter.methods._exam.method import ExamMethod


def method(task: Task) -> ExamMethod:
    """Return it for a task."""
    return ExamMethod(
        Card(
            name="gp_unet",
            task=task.name,
            answers=task.answers,
            learned=True,
            cite="Dubost et al., MICCAI 2017, arXiv:1705.07999; Med Image Anal 2019; 51:89-100",
            differs="sized for a stated budget; batch normalization",
        ),
        {
            "encoder": ("unet_features", "the map is wanted at the image's own resolution"),
            "pooling": ("average", "a count grows with what every place adds"),
            "pooled_norm": (True, "small lesions hardly move the mean of a region"),
            "keep_map": (True, "the lesion map is half of the answer"),
            "rotation_deg": (10.0, "small lesions blur when turned far"),
        },
    )
