"""Signal of balanced steady-state free precession, the sequence of cine MR: blood is bright, muscle is dark.

In:   materials, a scanner's flip angle and TR, a material.
Out:  signal on resonance, without coil, blur or noise.
Not:  no flow (chest.py gives blood its uneven look), no bands off resonance.

S = density sin(a) (1 - E1) / (1 - (E1 - E2) cos(a) - E1 E2) sqrt(E2),  E1 = exp(-TR / T1), E2 = exp(-TR / T2), TE = TR / 2

Reference: Haacke et al., Magnetic Resonance Imaging, 1999, ch. 18; Scheffler & Lehnhardt, Eur Radiol 2003; 13:2409-2418.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np


def steady_signal(p: Mapping[str, Any], scanner: Mapping[str, Any], material: str) -> float:
    """Return the signal of one material, in units of fully relaxed water's."""
    field = 0 if scanner["tesla"] < 2 else 1
    m = p["materials"][material]
    e1, e2 = np.exp(-scanner["again_ms"] / m["t1_ms"][field]), np.exp(-scanner["again_ms"] / m["t2_ms"][field])
    flip = np.deg2rad(scanner["flip_deg"])
    return float(m["density"] * np.sin(flip) * (1 - e1) / (1 - (e1 - e2) * np.cos(flip) - e1 * e2) * np.sqrt(e2))
