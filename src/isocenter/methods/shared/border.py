"""Border: the outer few percent of the picture alone. Better than chance means leakage.

In:   images; labels of whole exams.
Out:  what the task answers.
Not:  nothing of the patient that lies within the frame.

Reference: Maguolo & Nanni, Inf Fusion 2021; 76:1-7.
"""

from isocenter.core.task import Task
from isocenter.methods._tabular.extractors import border
from isocenter.methods._tabular.tabular import Tabular


def method(task: Task) -> Tabular:
    """Return it for a task."""
    return Tabular.of(
        task,
        "border",
        border.Border,
        border.BorderConfig,
        cite=(
            "Maguolo & Nanni, A critic evaluation of methods for COVID-19 automatic detection from X-ray images, Inf Fusion "
            "2021; 76:1-7."
        ),
        differs="A frame of fixed width and a linear model where the paper blanks the middle of the film for a network.",
    )
