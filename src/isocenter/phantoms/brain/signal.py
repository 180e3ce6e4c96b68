"""Magnetic resonance of tissues: what each sequence makes of relaxation times, density and diffusion.

In:   materials, a scanner's timings; shares of tissue and lesion per sample.
Out:  signal without coil, blur or noise.
Not:  no anatomy, no acquisition (scan.py).

S(T1)    = density |1 - 2 e exp(-TI / T1) + e exp(-TR / T1)| exp(-TE / T2), inversion of efficiency e
S(T2)    = density (1 - exp(-TR / T1)) exp(-TE / T2)
S(FLAIR) = density |1 - 2 exp(-TI / T1) + exp(-TR / T1)| exp(-TE / T2), TI nulling fluid
S(DWI)   = density exp(-TE / T2) exp(-b D)
T1 with contrast agent: 1 / T1 rises by the uptake where there is any.

Reference: Haacke et al., Magnetic Resonance Imaging, 1999, ch. 8 and 21.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SEQUENCES = ("t1", "t2", "flair", "dwi", "t1c")


def signal_of(p: Mapping[str, Any], scanner: Mapping[str, Any], material: str, sequence: str, uptake_per_s: float = 0.0) -> float:
    """Return the signal of one material in one sequence, in units of fully relaxed water's."""
    field = 0 if scanner["tesla"] < 2 else 1
    m = p["materials"][material]
    t1, t2, density = float(m["t1_ms"][field]), float(m["t2_ms"][field]), float(m["density"][field])
    if sequence in ("t1", "t1c"):
        if sequence == "t1c":
            t1 = 1 / (1 / t1 + uptake_per_s / 1000)
        turn, again = scanner["t1"]
        up = abs(1 - 2 * p["inversion"] * np.exp(-turn / t1) + p["inversion"] * np.exp(-again / t1))
        return float(density * up * np.exp(-p["echo_t1_ms"] / t2))
    if sequence == "t2":
        again, echo = scanner["t2"]
        return float(density * (1 - np.exp(-again / t1)) * np.exp(-echo / t2))
    if sequence == "flair":
        again, echo = scanner["flair"]
        fluid = float(p["materials"]["csf"]["t1_ms"][field])
        turn = fluid * np.log(2 / (1 + np.exp(-again / fluid)))
        return float(density * abs(1 - 2 * np.exp(-turn / t1) + np.exp(-again / t1)) * np.exp(-echo / t2))
    spread = float(m["diffusion"][field])
    return float(density * np.exp(-p["echo_dwi_ms"] / t2) * np.exp(-p["b_s_per_mm2"] * spread * 1e-3))


def clean_signal(
    p: Mapping[str, Any],
    scanner: Mapping[str, Any],
    sequence: str,
    shares: Mapping[str, Floats],
    lesions: Mapping[str, Floats],
    *,
    enhancing: bool,
) -> Floats:
    """Mix tissues (white, gray, deep, csf) and lesions by their shares, (*S); enhancing: the core takes up contrast agent."""
    solid = [kind for kind in lesions if kind != "stroke"]
    left = 1 - sum((lesions[kind] for kind in solid), np.zeros_like(shares["white"]))
    total = np.zeros_like(shares["white"])
    for name, share in shares.items():
        total += share * left * np.float32(signal_of(p, scanner, name, sequence))
    for kind in solid:
        uptake = p["uptake_per_s"] if kind == "core" and enhancing else 0.0
        material = "csf" if kind == "lacune" else kind
        total += lesions[kind] * np.float32(signal_of(p, scanner, material, sequence, uptake))
    if sequence == "dwi" and "stroke" in lesions:
        field = 0 if scanner["tesla"] < 2 else 1
        gain = np.exp(p["b_s_per_mm2"] * 1e-3 * (p["materials"]["white"]["diffusion"][field] - p["restricted_diffusion"])) - 1
        total *= 1 + np.float32(gain) * lesions["stroke"]
    return np.asarray(total, np.float32)
