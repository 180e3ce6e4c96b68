"""Image statistics: intensities, edges and roughness, without place or shape.

In:   images; labels of kind survival.
Out:  one Survival curve.
Not:  no shapes, no places.

Reference: Lindeberg, Int J Comput Vis 1998; 30:79-116 (the features); Cox, J R Stat Soc B 1972; 34:187-220.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import image_statistics
from isocenter.methods._tabular.tabular import Tabular


class ImageStatistics(Tabular):
    """How bright, how sharp, how rough."""

    card: ClassVar[Card] = Card(
        name="image_statistics",
        task="survival",
        answers=frozenset({"survival"}),
        learned=False,
        cite="Lindeberg, Feature detection with automatic scale selection, Int J Comput Vis 1998; 30:79-116.",
        differs="Proportional hazards (Cox 1972) with an elastic-net penalty on the features.",
    )
    extractor = image_statistics.ImageStatistics


METHOD = ImageStatistics()
