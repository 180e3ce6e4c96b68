"""One convolutional network with a head for every label; a mask among them is answered at every place.

Reference: Caruana, Mach Learn 1997; 28:41-75.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod
from isocenter.methods.multitask.task import TASK

METHOD = ExamMethod(
    Card(
        name="cnn",
        task="multitask",
        answers=TASK.answers,
        learned=True,
        cite="Caruana, Mach Learn 1997; 28:41-75",
        differs="sized for a stated budget of minutes; a label that is missing teaches nothing",
    )
)
