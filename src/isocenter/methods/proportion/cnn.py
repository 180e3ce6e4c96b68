"""A convolutional network of whole exams, configured from the data and the budget.

Reference: Bortsova et al., MICCAI 2018, arXiv:1807.08601.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="cnn",
        task="proportion",
        answers=frozenset({"proportion"}),
        learned=True,
        cite="Bortsova et al., MICCAI 2018, arXiv:1807.08601",
        differs="sized for a stated budget of minutes",
    )
)
