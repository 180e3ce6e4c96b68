"""Foreground-restricted Rand score of cells parted by membranes: low when cells are merged or split.

Out:  `foreground_rand` (F-score), `foreground_rand_split`, `foreground_rand_merge` in [0, 1], 1 = the same cells. NaN without a
    cell in truth. The membrane is the class named membrane, border, boundary or wall; else the last class. Cells are the rest.
Reference: Arganda-Carreras et al., Front Neuroanat 2015; 9:142.
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics import rand
from isocenter.metrics.mask_pair import read_mask_pair

_METHOD = "Rand F-score on true cells, borders thinned, alpha 0.5; Arganda-Carreras et al. 2015"
_BORDERS = ("membrane", "border", "boundary", "wall")


def measure(pair: Pair) -> list[Measurement]:
    """Return the Rand score of the cells and its two parts."""
    if not isinstance(pair.truth, Mask):
        return []
    masks = read_mask_pair(pair)
    classes = list(masks.classes())
    membrane = next((one for one in classes if one.name.lower() in _BORDERS), classes[-1])
    score = rand.foreground_rand(membrane.truth, membrane.answer, region=masks.region)
    values = {"foreground_rand": score.f, "foreground_rand_split": score.split, "foreground_rand_merge": score.merge}
    return [Measurement(case=pair.case, name=name, value=value, unit="1", method=_METHOD) for name, value in values.items()]


MEASURES = ("mask",)
METRIC: CaseMetric = measure
