"""Instance precision at IoU 0.5: objects found as one piece each, TP / (TP + FP + FN), as the 2018 Data Science Bowl scores it.

Out:  `instance_precision_<class>`, `instance_precision` in [0, 1]. No object in one of the masks: 0. In both: NaN. Objects are
    numbered by the mask's file where it numbers them; else by connected parts (truth) or a watershed (answer).
Reference: Caicedo et al., Nat Methods 2019; 16:1247.
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.instances import match_objects
from isocenter.metrics.mask_pair import ClassPair, per_class
from isocenter.metrics.object_pair import numbered_objects

_METHOD = "TP / (TP + FP + FN) of objects at IoU > 0.5; Caicedo et al. 2019"


def measure(pair: Pair) -> list[Measurement]:
    """Return the instance precision of every class, and its mean."""
    if not isinstance(pair.truth, Mask) or not isinstance(pair.answer, Mask):
        return []

    def precision(one: ClassPair) -> float:
        return match_objects(*numbered_objects(pair, one)).critical_success

    return per_class(pair, name="instance_precision", unit="1", method=_METHOD, measure=precision)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
