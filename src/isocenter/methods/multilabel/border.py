"""Border: the outer few percent of the picture alone. Better than chance means leakage.

In:   images; labels of kind multilabel; NaN = not assessed.
Out:  one Scores; NaN for a finding never assessed.
Not:  nothing of the patient that lies within the frame.

Reference: Maguolo & Nanni, Inf Fusion 2021; 76:1-7.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import border
from isocenter.methods._tabular.tabular import Tabular


class Border(Tabular):
    """What crop, letters and scanner tell."""

    card: ClassVar[Card] = Card(
        name="border",
        task="multilabel",
        answers=frozenset({"multilabel"}),
        learned=False,
        cite=(
            "Maguolo & Nanni, A critic evaluation of methods for COVID-19 automatic detection from X-ray images, Inf Fusion "
            "2021; 76:1-7."
        ),
        differs="A frame of fixed width and a linear model where the paper blanks the middle of the film for a network.",
    )
    extractor = border.Border
    config = border.BorderConfig


METHOD = Border()
