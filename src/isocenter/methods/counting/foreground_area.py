"""Foreground area: how much of the field is filled.

In:   images; labels of kind count; an interval stands for its midpoint.
Out:  one Amount with its 95 % prediction interval.
Not:  no objects are told apart.

Reference: Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import foreground_area
from isocenter.methods._tabular.tabular import Tabular


class ForegroundArea(Tabular):
    """The share above Otsu's threshold."""

    card: ClassVar[Card] = Card(
        name="foreground_area",
        task="counting",
        answers=frozenset({"count"}),
        learned=False,
        cite="Otsu, A threshold selection method from gray-level histograms, IEEE Trans Syst Man Cybern 1979; 9:62-66.",
        differs="The label is fitted to the share.",
    )
    extractor = foreground_area.ForegroundArea


METHOD = ForegroundArea()
