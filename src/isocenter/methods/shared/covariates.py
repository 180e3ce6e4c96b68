"""Covariates: what the table says of a patient, and no image.

In:   the study's covariates; labels of whole exams.
Out:  what the task answers.
Not:  no image is opened.

Reference: Zou & Hastie, J R Stat Soc B 2005; 67:301-320.
"""

from isocenter.core.task import Task
from isocenter.methods._tabular.extractors import covariates
from isocenter.methods._tabular.tabular import Tabular


def method(task: Task) -> Tabular:
    """Return it for a task."""
    return Tabular.of(
        task,
        "covariates",
        covariates.Covariates,
        cite="Zou & Hastie, Regularization and variable selection via the elastic net, J R Stat Soc B 2005; 67:301-320.",
        differs="Missing covariates take the learning mean and are flagged; the penalty is chosen by cross-validation.",
        reads="covariates",
    )
