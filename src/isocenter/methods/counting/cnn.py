"""A convolutional network of whole exams, configured from the data and the budget.

Reference: Dubost et al., Med Image Anal 2019; 51:89-100.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="cnn",
        task="counting",
        answers=frozenset({"count"}),
        learned=True,
        cite="Dubost et al., Med Image Anal 2019; 51:89-100",
        differs="sized for a stated budget of minutes",
    )
)
