"""F1 of points, with precision and recall: answers matched one to one to truths of their kind.

Out:  `point_f1`, `point_precision`, `point_recall`, in [0, 1]. One side empty: F1 0. Both: NaN.
Reference: Sirinukunwattana et al., IEEE Trans Med Imaging 2016; 35:1196-1206.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.points import Points
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.matching import half_spacing, match_points

_METHOD = "matched one to one within half the median distance of neighboring truths; Sirinukunwattana et al., IEEE TMI 2016"


def measure(pair: Pair) -> list[Measurement]:
    """Return F1, precision and recall; nothing unless truth and answer are places."""
    if not isinstance(pair.truth, Points) or not isinstance(pair.answer, Points):
        return []
    matches = match_points(pair.truth, pair.answer)
    radius = half_spacing(pair.truth.world)
    return [
        Measurement(case=pair.case, name=name, value=value, unit="1", method=f"{_METHOD}; here {radius:.4g}")
        for name, value in (("point_f1", matches.f1), ("point_precision", matches.precision), ("point_recall", matches.recall))
    ]


METRIC: CaseMetric = measure
