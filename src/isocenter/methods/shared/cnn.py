"""A convolutional network of whole exams, configured from the data and the budget.

In:   images, covariates; labels of whole exams.
Out:  what the task answers: times by discrete-time hazards with competing events, or Cox's (`heads: {TARGET: cox}`).
"""

from isocenter.core.method import Card
from isocenter.core.task import Task
from isocenter.methods._exam.method import ExamMethod

CITED = {
    "classification": "LeCun et al., Proc IEEE 1998; 86:2278-2324; Rajpurkar et al., arXiv:1711.05225",
    "counting": "Dubost et al., Med Image Anal 2019; 51:89-100",
    "grading": "Gulshan et al., JAMA 2016; 316:2402-2410",
    "multilabel": "Rajpurkar et al., CheXNet, arXiv:1711.05225",
    "proportion": "Bortsova et al., MICCAI 2018, arXiv:1807.08601",
    "regression": "Larson et al., Radiology 2018; 287:313-322",
    "survival": "Gensheimer & Narasimhan, PeerJ 2019; 7:e6257; Katzman et al., DeepSurv, BMC Med Res Methodol 2018; 18:24",
}
"""The network of each task that ours is after."""
DIFFERS = {"classification": "; temperature chosen on tuning cases"}
PRESET = {"survival": {"batch": (32, "a risk set needs cases beside one another")}}


def method(task: Task) -> ExamMethod:
    """Return it for a task."""
    card = Card(
        name="cnn",
        task=task.name,
        answers=task.answers,
        learned=True,
        cite=CITED[task.name],
        differs="sized for a stated budget of minutes" + DIFFERS.get(task.name, ""),
    )
    return ExamMethod(card, PRESET.get(task.name))
