"""A convolutional network of whole exams, configured from the data and the budget.

Reference: Rajpurkar et al., CheXNet, arXiv:1711.05225.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="cnn",
        task="multilabel",
        answers=frozenset({"multilabel"}),
        learned=True,
        cite="Rajpurkar et al., CheXNet, arXiv:1711.05225",
        differs="sized for a stated budget of minutes",
    )
)
