"""Volume of every class, as answered and in truth.

Out:  `volume_<class>` (answer) and `true_volume_<class>`, in mL (3-D), mm2 (2-D) or px (samples, without a pixel size); 0 for an
    empty mask. No mean over classes: organs of different size have none.
Reference: The Unified Code for Units of Measure (UCUM), for the units.
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import class_name, read_mask_pair
from isocenter.metrics.volume import size_unit, volume

_METHOD = "number of samples x size of a sample"


def measure(pair: Pair) -> list[Measurement]:
    """Return the volumes of both masks, per class."""
    if not isinstance(pair.truth, Mask):
        return []
    masks = read_mask_pair(pair)
    unit = size_unit(len(masks.spacing), masks.unit)
    found = []
    for one in masks.classes():
        for name, mask in (("volume", one.answer), ("true_volume", one.truth)):
            value = volume(mask, spacing=masks.spacing, unit=masks.unit)
            found.append(Measurement(case=pair.case, name=class_name(name, one.name), value=value, unit=unit, method=_METHOD))
    return found


MEASURES = ("mask",)
METRIC: CaseMetric = measure
