"""Densitometry: the share of samples below -950 HU, alone.

In:   CT in HU; labels of kind value; an interval stands for its midpoint.
Out:  one Amount with its 95 % prediction interval.
Not:  no pattern, no place.

Reference: Gevenois et al., Am J Respir Crit Care Med 1996; 154:187-192.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import densitometry
from isocenter.methods._tabular.tabular import Tabular


class Densitometry(Tabular):
    """LAA-950 where the label speaks."""

    card: ClassVar[Card] = Card(
        name="densitometry",
        task="regression",
        answers=frozenset({"value"}),
        learned=False,
        cite=(
            "Gevenois et al., Quantification of pulmonary emphysema by computed tomography, Am J Respir Crit Care Med 1996; "
            "154:187-192."
        ),
        differs="The label is fitted to the number.",
        reads="ct",
    )
    extractor = densitometry.Densitometry


METHOD = Densitometry()
