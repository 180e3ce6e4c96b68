"""A convolutional network of whole exams, configured from the data and the budget.

Reference: Gulshan et al., JAMA 2016; 316:2402-2410.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="cnn",
        task="grading",
        answers=frozenset({"ordinal"}),
        learned=True,
        cite="Gulshan et al., JAMA 2016; 316:2402-2410",
        differs="sized for a stated budget of minutes",
    )
)
