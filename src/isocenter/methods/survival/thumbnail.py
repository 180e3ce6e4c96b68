"""Thumbnail: the gross picture, at 16 × 16 (× 8) samples.

In:   images; labels of kind survival.
Out:  one Survival curve.
Not:  nothing that needs more than a glance from afar.

Reference: Torralba, Fergus & Freeman, IEEE Trans Pattern Anal Mach Intell 2008; 30:1958-1970; Cox, J R Stat Soc B 1972; 34:187-220.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import thumbnail
from isocenter.methods._tabular.tabular import Tabular


class Thumbnail(Tabular):
    """What a picture the size of an icon tells."""

    card: ClassVar[Card] = Card(
        name="thumbnail",
        task="survival",
        answers=frozenset({"survival"}),
        learned=False,
        cite="Torralba, Fergus & Freeman, 80 million tiny images, IEEE Trans Pattern Anal Mach Intell 2008; 30:1958-1970.",
        differs="Proportional hazards (Cox 1972) with an elastic-net penalty on the features.",
    )
    extractor = thumbnail.Thumbnail


METHOD = Thumbnail()
