"""Network features: what the encoder of another run says of an exam, held still; a linear model or a forest upon it.

In:   images; labels of kind value; the setting `start`, a run of a network of exams (none: random weights).
Out:  one Amount.
Not:  no learning of the encoder (cnn with start and frozen: false).

Reference: Razavian et al., CVPR Workshops 2014, arXiv:1403.6382.
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._tabular.extractors import network_features
from isocenter.methods._tabular.tabular import Tabular


class NetworkFeatures(Tabular):
    """What a network made for something else tells."""

    card: ClassVar[Card] = Card(
        name="network_features",
        task="regression",
        answers=frozenset({"value"}),
        learned=False,
        cite="Razavian et al., CNN features off-the-shelf, CVPR Workshops 2014, arXiv:1403.6382.",
        differs="An elastic net or forest where the paper has a support vector machine.",
    )
    extractor = network_features.NetworkFeatures
    config = network_features.NetworkFeaturesConfig


METHOD = NetworkFeatures()
