"""How plain each finding is on a film: what decides whether a simulated reader sees it.

In:   a Scene, its disease, what was found wrong, how plain each nodule is.
Out:  a number in [0, 1] by finding: the share of what a ray crosses there that is lesion, as for nodules (truth.py).
Not:  no readers (raters.py), and no claim that people see by this number.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.phantoms.body.disease import Disease
from isocenter.phantoms.body.scene import Scene

BEHIND = 0.12
"""Share of the solid tissue on a ray that hides what lies in the lung; that of nodules."""
PLAINEST = 95.0
"""Percentile over the chest: a patch as large as a twentieth of it decides."""
_FIELDS = {"opacity": "filled", "effusion": "fluid"}


def finding_visibility(scene: Scene, disease: Disease, findings: Sequence[str], nodules: Sequence[float]) -> dict[str, float]:
    """Return how plain each finding is, in [0, 1].

    findings : which are there; any other has no entry
    nodules  : of each nodule in the picture (nodule_points); a nodule outside it is not seen: 0
    """
    plain: dict[str, float] = {}
    for name in findings:
        if name in _FIELDS:
            plain[name] = _of_a_field(scene, _FIELDS[name])
        elif name == "nodule":
            plain[name] = max(nodules, default=0.0)
        else:  # a heart twice as large as it should be could not be plainer
            plain[name] = float(np.clip(2.0 * (disease.heart_factor - 1.0), 0.0, 1.0))
    return plain


def _of_a_field(scene: Scene, name: str) -> float:
    """Return the visibility of what fills lung, where it is plainest; 0 where no chest is in the picture."""
    lengths = scene.lengths
    chest: NDArray[np.bool_] = lengths["hemithorax"] > 6.0
    if not chest.any():
        return 0.0
    lesion = ndimage.uniform_filter(lengths[name], 5)
    solid = np.maximum(lengths["body"] - lengths["lung"], 1.0)
    return float(np.percentile((lesion / (BEHIND * solid + lesion))[chest], PLAINEST))
