"""Image statistics: intensities, edges and roughness, without place or shape.

In:   images; labels of kind multilabel; NaN = not assessed.
Out:  one Scores; NaN for a finding never assessed.
Not:  no shapes, no places.

Reference: Lindeberg, Int J Comput Vis 1998; 30:79-116 (the features).
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import image_statistics
from isocenter.methods._tabular.tabular import Tabular


class ImageStatistics(Tabular):
    """How bright, how sharp, how rough."""

    card: ClassVar[Card] = Card(
        name="image_statistics",
        task="multilabel",
        answers=frozenset({"multilabel"}),
        learned=False,
        cite="Lindeberg, Feature detection with automatic scale selection, Int J Comput Vis 1998; 30:79-116.",
        differs=(
            "Sums over the image (or the label's region) of derivatives at three fixed scales, with percentiles and a histogram."
        ),
    )
    extractor = image_statistics.ImageStatistics


METHOD = ImageStatistics()
