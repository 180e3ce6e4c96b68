"""F1 of boxes, with precision and recall, at an overlap of 0.1 and of 0.5.

Out:  `box_f1`, `box_precision`, `box_recall` (intersection over union >= 0.1) and `box_f1_50` (>= 0.5), in [0, 1].
      One side empty: F1 0. Both: NaN.
Not:  no curve over scores: all answers count.
Reference: Everingham et al., Int J Comput Vis 2010; 88:303-338.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.points import Points
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.matching import match_boxes

_METHOD = "matched one to one at intersection over union >= {overlap}; Everingham et al., IJCV 2010"


def measure(pair: Pair) -> list[Measurement]:
    """Return F1, precision and recall; nothing unless truth and answer are boxes."""
    if not isinstance(pair.truth, Points) or not isinstance(pair.answer, Points) or pair.truth.extent is None:
        return []
    loose, strict = (match_boxes(pair.truth, pair.answer, overlap=overlap) for overlap in (0.1, 0.5))
    values = (
        ("box_f1", loose.f1, 0.1),
        ("box_precision", loose.precision, 0.1),
        ("box_recall", loose.recall, 0.1),
        ("box_f1_50", strict.f1, 0.5),
    )
    return [
        Measurement(case=pair.case, name=name, value=value, unit="1", method=_METHOD.format(overlap=overlap))
        for name, value, overlap in values
    ]


METRIC: CaseMetric = measure
