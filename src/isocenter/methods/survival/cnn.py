"""A convolutional network that answers when: discrete-time hazards with competing events, or Cox's (`heads: {TARGET: cox}`).

Reference: Gensheimer & Narasimhan, PeerJ 2019; 7:e6257; Katzman et al., DeepSurv, BMC Med Res Methodol 2018; 18:24.
"""

from isocenter.core.method import Card
from isocenter.methods._exam.method import ExamMethod

METHOD = ExamMethod(
    Card(
        name="cnn",
        task="survival",
        answers=frozenset({"survival"}),
        learned=True,
        cite="Gensheimer & Narasimhan, PeerJ 2019; 7:e6257; Katzman et al., BMC Med Res Methodol 2018; 18:24",
        differs="sized for a stated budget of minutes",
    ),
    {"batch": (32, "a risk set needs cases beside one another")},
)
