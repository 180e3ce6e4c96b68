"""The border of an implicit shape: how much of a voxel lies inside.

In:   distance inside (mm, negative outside), the width of the border.
Out:  a share in [0, 1].
Not:  no shapes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.phantoms.tomograph.box import Array


def share_inside(signed_mm: NDArray[np.floating[Any]], edge_mm: float) -> Array:
    """Return occupancy: 0.5 at the border, a straight ramp as wide as `edge_mm`."""
    return np.asarray(np.clip(signed_mm / edge_mm + 0.5, 0, 1), np.float32)
