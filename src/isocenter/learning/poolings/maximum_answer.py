"""The largest of what is said at every place: one place is enough.

In:   logits (N, K, P), where (N, 1, P).
Out:  (N, K).

Reference: Andrews, Tsochantaridis & Hofmann, NIPS 2002 (the witness of a bag); Zhu et al., MICCAI 2017, arXiv:1705.08550.
"""

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling
from isocenter.learning.poolings.maximum import Maximum

POOLING = Pooling(
    card=Card(
        name="maximum_answer",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Andrews, Tsochantaridis & Hofmann, NIPS 2002; Zhu et al., MICCAI 2017, arXiv:1705.08550",
        differs="",
    ),
    level="answers",
    build=lambda _channels: Maximum(),
)
