"""Every range and constant the time-of-flight vessel phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Relaxation times: Stanisz et al., Magn Reson Med 2005; 54:507-512 (1.5 and 3 T); blood T1 from Lu et al., Magn Reson Med 2004;
52:679-682. Rounded.
"""

from typing import Any


def _scanner(**numbers: float) -> dict[str, float]:
    return {"echo_ms": 4.0, "slabs": 1.0, "ramp": 0.0, **numbers}


TOF: dict[str, Any] = {
    "size": {"test": 48, "benchmark": 112},
    "finer": {"test": 2, "benchmark": 2},
    "field_mm": {"test": [40.0, 46.0], "benchmark": [62.0, 74.0]},
    "age_years": [25.0, 85.0],
    # tree
    "roots": [[-0.24, 0.06, -0.62], [0.24, 0.06, -0.62], [0.0, -0.22, -0.62]],
    "root_radius_mm": [1.7, 2.4],
    "smallest_mm": {"test": 0.42, "benchmark": 0.28},
    "branch_length": [6.5, 13.0],
    "share": [0.22, 0.5],
    "tortuosity": [0.05, 0.16],
    "turn_deg": 16.0,
    # disease
    "share_disease": 0.5,
    "aneurysm_factor": [1.5, 3.2],
    "stenosis_left": [0.25, 0.6],
    # tissue: T1 ms at 1.5 and 3 T, T2* ms, proton density
    "tissues": {
        "white": {"t1_ms": [680.0, 900.0], "t2s_ms": 55.0, "density": 0.70},
        "gray": {"t1_ms": [1050.0, 1400.0], "t2s_ms": 60.0, "density": 0.82},
        "csf": {"t1_ms": [4000.0, 4000.0], "t2s_ms": 200.0, "density": 1.0},
        "fat": {"t1_ms": [290.0, 370.0], "t2s_ms": 35.0, "density": 0.75},
    },
    "blood": {"t1_ms": [1450.0, 1650.0], "t2s_ms": 90.0, "density": 0.9},
    "folds": 4.2,
    "grain": 0.05,
    # flow
    "speed_mm_per_s": [260.0, 480.0],
    # coil
    "bias": [0.15, 0.40],
    "scanners": {
        "wide": _scanner(tesla=1.5, repeat_ms=28.0, flip_deg=25.0, snr=16.0, psf=0.45, slice=1.3, correlation=0.3),
        "sharp": _scanner(tesla=3.0, repeat_ms=21.0, flip_deg=18.0, snr=24.0, psf=0.30, slice=0.8, correlation=0.0, slabs=3.0),
        "quick": _scanner(tesla=3.0, repeat_ms=24.0, flip_deg=20.0, snr=11.0, psf=0.40, slice=1.6, correlation=0.6, ramp=0.3),
        "old": _scanner(tesla=1.5, repeat_ms=35.0, flip_deg=30.0, snr=9.0, psf=0.65, slice=1.8, correlation=0.45, echo_ms=6.9),
        "thick": _scanner(tesla=3.0, repeat_ms=26.0, flip_deg=17.0, snr=14.0, psf=0.50, slice=2.2, correlation=0.5, slabs=2.0),
    },
    "held_scanner": "thick",
    "snr_spread": 0.15,
    "raters": {
        "first": {"bias": 0.002, "spread": 0.004, "smooth": 0.05, "half_seen": 0.25, "slope": 12.0, "false_rate": 0.02},
        "second": {"bias": -0.004, "spread": 0.006, "smooth": 0.06, "half_seen": 0.40, "slope": 9.0, "false_rate": 0.05},
    },
}
