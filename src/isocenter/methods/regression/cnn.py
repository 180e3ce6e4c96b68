"""A convolutional network of whole exams, configured from the data and the budget.

Reference: Larson et al., Radiology 2018; 287:313-322.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="cnn",
        task="regression",
        answers=frozenset({"value"}),
        learned=True,
        cite="Larson et al., Radiology 2018; 287:313-322",
        differs="sized for a stated budget of minutes",
    )
)
