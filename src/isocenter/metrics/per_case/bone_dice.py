"""Bone Dice: do an answered CT and the true one hold the same bone?

Out:  `bone_dice`, in [0, 1], of samples of 250 HU and more inside the region. One side without bone: 0. Both: NaN, and
      so are images in another unit than HU.
Reference: Wolterink et al., SASHIMI 2017, arXiv:1708.01155 (synthetic CT); Dice, Ecology 1945.
Differs:   the threshold is ours.
"""

import math

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.confusion import counts_of_masks
from isocenter.metrics.image_pair import read_image_pair
from isocenter.metrics.overlap import dice

BONE_HU = 250.0


def measure(pair: Pair) -> list[Measurement]:
    """Return the overlap of bone."""
    if not isinstance(pair.truth, Image):
        return []
    images = read_image_pair(pair)
    truth, answer = ((side >= BONE_HU) & images.inside for side in (images.truth, images.answer))
    value = dice(counts_of_masks(truth, answer)) if images.unit == "HU" else math.nan
    return [Measurement(case=pair.case, name="bone_dice", value=value, unit="1", method=f"Dice of samples >= {BONE_HU:.0f} HU")]


MEASURES = ("image",)
METRIC: CaseMetric = measure
