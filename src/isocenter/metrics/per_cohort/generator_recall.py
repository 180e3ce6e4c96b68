"""Generator recall: how many of the real images lie among generated ones.

Out:  in [0, 1]; NaN for fewer than four images.
Reference: Kynkäänniemi et al., NeurIPS 2019, arXiv:1904.06991.
Differs:   features are Gist (metrics/gist.py).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.gist import gist, require_images
from isocenter.metrics.neighborhoods import inside


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the share for each row of weights."""
    require_images(truths, answers)
    if not truths:
        return np.full(len(weights), np.nan)
    real, made = gist(truths, answers)
    return inside(real, made, weights)


MEASURES = ("image",)
METRIC = CohortMetric(
    name="generator_recall", unit="1", function=measure, cite="Kynkäänniemi et al., NeurIPS 2019, arXiv:1904.06991"
)
