"""Foreground area: how much of the field is filled.

In:   images; labels of whole exams.
Out:  what the task answers.
Not:  no objects are told apart.

Reference: Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
"""

from isocenter.core.task import Task
from isocenter.methods._tabular.extractors import foreground_area
from isocenter.methods._tabular.tabular import Tabular


def method(task: Task) -> Tabular:
    """Return it for a task."""
    return Tabular.of(
        task,
        "foreground_area",
        foreground_area.ForegroundArea,
        cite="Otsu, A threshold selection method from gray-level histograms, IEEE Trans Syst Man Cybern 1979; 9:62-66.",
        differs="The label is fitted to the share.",
    )
