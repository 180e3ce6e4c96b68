"""Densitometry: the share of samples below -950 HU, alone.

In:   CT in HU; labels of whole exams.
Out:  what the task answers.
Not:  no pattern, no place.

Reference: Gevenois et al., Am J Respir Crit Care Med 1996; 154:187-192.
"""

from isocenter.core.task import Task
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.extractors import densitometry
from isocenter.methods._tabular.tabular import Tabular


def method(task: Task) -> Tabular:
    """Return it for a task."""
    return Tabular.of(
        task,
        "densitometry",
        densitometry.Densitometry,
        densitometry.DensitometryConfig if "proportion" in task.answers else TabularConfig,
        cite=(
            "Gevenois et al., Quantification of pulmonary emphysema by computed tomography, Am J Respir Crit Care Med 1996; "
            "154:187-192."
        ),
        differs="The label is fitted linearly to the number; a share may be the number itself (`calibrated: false`).",
        reads="ct",
    )
