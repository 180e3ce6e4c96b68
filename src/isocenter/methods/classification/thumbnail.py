"""Thumbnail: the gross picture, at 16 × 16 (× 8) samples.

In:   images; labels of kind class.
Out:  one Scores.
Not:  nothing that needs more than a glance from afar.

Reference: Torralba, Fergus & Freeman, IEEE Trans Pattern Anal Mach Intell 2008; 30:1958-1970.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import thumbnail
from isocenter.methods._tabular.tabular import Tabular


class Thumbnail(Tabular):
    """What a picture the size of an icon tells."""

    card: ClassVar[Card] = Card(
        name="thumbnail",
        task="classification",
        answers=frozenset({"class"}),
        learned=False,
        cite="Torralba, Fergus & Freeman, 80 million tiny images, IEEE Trans Pattern Anal Mach Intell 2008; 30:1958-1970.",
        differs="16 samples a side where the paper has 32, and an elastic net or forest where it has nearest neighbors.",
    )
    extractor = thumbnail.Thumbnail


METHOD = Thumbnail()
