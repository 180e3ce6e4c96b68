"""Erased structures: how many regions stand out in the true image that do not in an answered one.

Out:  `erased_structures`, a count over channels, slices of one sample included; 0 = none. Noise that takes a place makes some
      too: read it beside the identity's. See metrics/stray_structures.py for what a region is.
Reference: after Bhadra et al., IEEE Trans Med Imaging 2021; 40:3249-3260.
"""

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_pair import read_image_pair
from isocenter.metrics.stray_structures import LEAST, K, strays_of


def measure(pair: Pair) -> list[Measurement]:
    """Return the count."""
    if not isinstance(pair.truth, Image):
        return []
    found = strays_of(read_image_pair(pair), pair.truth.grid.ndim)
    value = float(sum(not stray.invented for stray in found))
    method = f"regions of {LEAST} samples or more beyond {K:g} times the truth's noise that stand out less in the answer"
    return [Measurement(case=pair.case, name="erased_structures", value=value, unit="1", method=method)]


MEASURES = ("image",)
METRIC: CaseMetric = measure
