"""No points: nothing is found anywhere. The floor of every sensitivity, and the ceiling of every precision.

In:   the labels, for the number of axes and the names.
Out:  an empty set of points.
Not:  no image is opened.

Reference: Maier-Hein, Reinke et al., Metrics reloaded, Nat Methods 2024; 21:195-212 (empty answers).
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._baselines.empty_set import EmptySet


class NoPoints(EmptySet):
    """Nothing found."""

    card: ClassVar[Card] = Card(
        name="no_points",
        task="localization",
        answers=frozenset({"points"}),
        learned=False,
        cite="Maier-Hein, Reinke et al., Metrics reloaded, Nat Methods 2024; 21:195-212.",
        differs="",
    )


METHOD = NoPoints()
