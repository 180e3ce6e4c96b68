"""The mean of what is said at every place: every place votes alike.

In:   logits (N, K, P), where (N, 1, P).
Out:  (N, K).

Reference: Amores, Artif Intell 2013; 201:81-105 (the collective assumption).
"""

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling
from isocenter.learning.poolings.average import Average

POOLING = Pooling(
    card=Card(
        name="average_answer", task="", answers=frozenset(), learned=True, cite="Amores, Artif Intell 2013; 201:81-105", differs=""
    ),
    level="answers",
    build=lambda _channels: Average(),
)
