"""Lesion-wise F1, sensitivity and false positives: connected parts found, whatever their outline; also by size.

Out:  `lesion_f1`, `lesion_sensitivity` in [0, 1], `false_lesions` (a number a scan), each also `…_small`, `…_medium`, `…_large`; of
    several classes `lesion_f1_<class>` too. Nothing found or nothing to find: F1 0. Neither: NaN, and 0 false lesions. Sizes are
    diameters of the ball or disk of equal size: medium from 4 mm, large from 6.5 mm; 10 and 30 px where there are no millimetres.
Reference: Carass et al., NeuroImage 2017; 148:77-102; sizes near those of Nair et al., Med Image Anal 2020; 59:101557.
"""

import math
from collections.abc import Sequence

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.imaging.parts import parts_of
from isocenter.metrics.lesions import LEAST_IOU, SIZES, Lesions, match_lesions
from isocenter.metrics.mask_pair import ClassPair, class_name, read_mask_pair
from isocenter.metrics.matching import Matches


def measure(pair: Pair) -> list[Measurement]:
    """Return lesion-wise numbers over all classes, by size, and the F1 of each class where there are several."""
    if not isinstance(pair.truth, Mask):
        return []
    masks = read_mask_pair(pair)
    medium, large = SIZES[masks.unit]
    judged = {one.name: _judge(pair, one, masks.spacing) for one in masks.classes()}
    spans = {"": (0.0, math.inf), "_small": (0.0, medium), "_medium": (medium, large), "_large": (large, math.inf)}
    text = f"parts hit at IoU >= {LEAST_IOU:g}; medium from {medium:g}, large from {large:g} {masks.unit}; Carass et al. 2017"
    values: dict[str, float] = {}
    for size, (low, high) in spans.items():
        whole = _together([one.within(low, high) for one in judged.values()])
        values[f"lesion_f1{size}"] = whole.f1
        values[f"lesion_sensitivity{size}"] = whole.recall
        values[f"false_lesions{size}"] = float(whole.extra)
    if len(judged) > 1:
        values |= {class_name("lesion_f1", name): one.within().f1 for name, one in judged.items()}
    return [Measurement(case=pair.case, name=name, value=value, unit="1", method=text) for name, value in values.items()]


def _judge(pair: Pair, one: ClassPair, spacing: Sequence[float]) -> Lesions:
    """Match the lesions of one class, by the numbers the truth's file gives them, else by connected parts."""
    objects = pair.truth.objects if isinstance(pair.truth, Mask) else None
    true = parts_of(one.truth) if objects is None else objects.array()[0] * one.truth
    return match_lesions(true, parts_of(one.answer), spacing=spacing)


def _together(counts: Sequence[Matches]) -> Matches:
    """Add the lesions of all classes."""
    return Matches(paired=sum(c.paired for c in counts), extra=sum(c.extra for c in counts), missed=sum(c.missed for c in counts))


MEASURES = ("mask",)
METRIC: CaseMetric = measure
