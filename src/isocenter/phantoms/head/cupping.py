"""Beam hardening: the middle of a head reads low, and dark bars join dense bones.

In:   depth below the inner table and share of bone on the coarse box, the scanner's strength.
Out:  an error in HU.
Not:  no spectrum is simulated.

Reference: Brooks & Di Chiro, Phys Med Biol 1976; 21:390-398.
Differs:   the size of the effect is set, and its shape is a parabola of depth with bars across the base.
"""

import numpy as np
from scipy import ndimage

from isocenter.phantoms.tomograph.box import Array


def cupping(depth: Array, bone: Array, cup_hu: float) -> Array:
    """Return the error (X, Y, Z), HU: + half of `cup_hu` beside the skull, - half of it in the middle, 0 outside of the skull."""
    inside = depth > 0
    share = np.clip(depth / 60, 0, 1)
    bowl = np.float32(cup_hu) * (0.5 - (1 - (1 - share) ** 2))
    across = ndimage.uniform_filter(bone, (max(bone.shape[0] // 2, 1), 1, 1), mode="constant")
    usual = ndimage.uniform_filter(bone, (max(bone.shape[0] // 2, 1), max(bone.shape[1] // 2, 1), 1), mode="constant")
    bars = -np.float32(3 * cup_hu) * np.clip(across - 1.5 * usual, 0, 0.5)
    return np.asarray(np.where(inside, bowl + bars, 0.0), np.float32)
