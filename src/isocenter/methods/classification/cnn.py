"""A convolutional network of whole exams, configured from the data and the budget.

Reference: LeCun et al., Proc IEEE 1998; 86:2278-2324; Rajpurkar et al., CheXNet, arXiv:1711.05225.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="cnn",
        task="classification",
        answers=frozenset({"class"}),
        learned=True,
        cite="LeCun et al., Proc IEEE 1998; 86:2278-2324; Rajpurkar et al., arXiv:1711.05225",
        differs="sized for a stated budget of minutes; temperature chosen on tuning cases",
    )
)
