"""Multiple-instance learning: a bag of places, slices or images has a label, its instances have none.

Reference: Dietterich, Lathrop & Lozano-Pérez, Artif Intell 1997; 89:31-71; Ilse, Tomczak & Welling, ICML 2018, arXiv:1802.04712.
"""

from isocenter.core.method import Card
from isocenter.core.task import Task
from isocenter.methods._exam.method import ExamMethod


def method(task: Task) -> ExamMethod:
    """Return it for a task."""
    return ExamMethod(
        Card(
            name="mil",
            task=task.name,
            answers=task.answers,
            learned=True,
            cite="Ilse, Tomczak & Welling, ICML 2018, arXiv:1802.04712; Dietterich et al., Artif Intell 1997; 89:31-71",
            differs="instances are places of a feature map, slices, or the images of a bag",
        ),
        {
            "pooling": ("attention", "which instances decide is learned"),
            "keep_map": (True, "which instances decided is half of the answer"),
        },
    )
