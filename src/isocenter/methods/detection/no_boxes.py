"""No boxes: nothing is found anywhere. The floor of every sensitivity, and the ceiling of every precision.

In:   the labels, for the number of axes and the names.
Out:  an empty set of boxes.
Not:  no image is opened.

Reference: Maier-Hein, Reinke et al., Metrics reloaded, Nat Methods 2024; 21:195-212 (empty answers).
"""

from isocenter.core.method import Card
from isocenter.methods._baselines.empty_set import EmptySet


class NoBoxes(EmptySet):
    """Nothing found."""

    card = Card(
        name="no_boxes",
        task="detection",
        answers=frozenset({"boxes"}),
        learned=False,
        cite="Maier-Hein, Reinke et al., Metrics reloaded, Nat Methods 2024; 21:195-212.",
        differs="",
    )


METHOD = NoBoxes()
