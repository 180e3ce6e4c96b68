"""Network features: what the encoder of another run says of an exam, held still; a linear model or a forest upon it.

In:   images; the setting `start`, a run of a network of exams (none: random weights); labels of whole exams.
Out:  what the task answers.
Not:  no learning of the encoder (cnn with start and frozen: false).

Reference: Razavian et al., CVPR Workshops 2014, arXiv:1403.6382.
"""

from isocenter.core.task import Task
from isocenter.methods._tabular.extractors import network_features
from isocenter.methods._tabular.tabular import Tabular


def method(task: Task) -> Tabular:
    """Return it for a task."""
    return Tabular.of(
        task,
        "network_features",
        network_features.NetworkFeatures,
        network_features.NetworkFeaturesConfig,
        cite="Razavian et al., CNN features off-the-shelf, CVPR Workshops 2014, arXiv:1403.6382.",
        differs="An elastic net or forest where the paper has a support vector machine.",
    )
