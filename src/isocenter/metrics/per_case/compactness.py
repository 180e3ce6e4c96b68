"""Compactness of every class, as answered and in truth: 1 for a disk or ball, less the more border a mask has for its size.

Out:  `compactness_<class>` (answer), `true_compactness_<class>`, and the means of both over classes. An empty mask: NaN.
Reference: Cox, J Paleontol 1927; 1:179-183; Wadell, J Geol 1935; 43:250-280.
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.compactness import compactness
from isocenter.metrics.mask_pair import read_mask_pair, with_mean

_METHOD = {
    2: "4 pi area / length² of the border; Cox, J Paleontol 1927",
    3: "36 pi volume² / area³ of the surface; Wadell, J Geol 1935",
}


def measure(pair: Pair) -> list[Measurement]:
    """Return the compactness of both masks, per class and its mean."""
    if not isinstance(pair.truth, Mask):
        return []
    masks = read_mask_pair(pair)
    answered, true = {}, {}
    for one in masks.classes():
        answered[one.name] = compactness(one.answer, spacing=masks.spacing)
        true[one.name] = compactness(one.truth, spacing=masks.spacing)
    method = _METHOD[len(masks.spacing)]
    return [
        *with_mean(pair, answered, name="compactness", unit="1", method=method),
        *with_mean(pair, true, name="true_compactness", unit="1", method=method),
    ]


MEASURES = ("mask",)
METRIC: CaseMetric = measure
