"""Every range and constant the hand phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

The schedule is our own and approximate: months at which a center is first seen and at which it has fused, in the order and at
about the ages that atlases of the hand agree on (Greulich & Pyle 1959; Gilsanz & Ratib 2005). It is no atlas.
"""

from typing import Any


def _device(**numbers: float) -> dict[str, float]:
    return {"readout": 2.0, "scatter_mm": 20.0, "noise_px": 0.0, "gamma": 0.9, "inverted": 0.05, **numbers}


HAND: dict[str, Any] = {
    "size_px": {"test": 96, "benchmark": 256},
    "finer": {"test": 2, "benchmark": 2},
    "age_months": [12.0, 216.0],
    "share_female": 0.5,
    # skeletal age - chronological age: standard deviation in months at 12 and at 216 months; ill = beyond two of them
    "offset_sd": [3.0, 13.0],
    "ill_offset": [2.1, 3.4],
    "bone_age_months": [8.0, 228.0],
    "share_disease": 0.12,
    # growth: share of the adult length at birth, and at which skeletal age it is complete
    "birth_share": 0.36,
    "growth_power": 0.75,
    "mature": {"F": 192.0, "M": 216.0},
    "adult": {"F": 0.92, "M": 1.0},
    "stature_sd": 0.05,
    "slender_sd": 0.06,
    # months (girls, boys): first seen; fused (none for carpals and the sesamoid)
    "appears": {
        "capitate": [3, 3], "hamate": [4, 4], "triquetrum": [24, 31], "lunate": [36, 44], "trapezium": [49, 67],
        "trapezoid": [51, 69], "scaphoid": [53, 70], "pisiform": [102, 128], "sesamoid": [128, 154],
        "radius": [10, 13], "ulna": [67, 82], "metacarpal_1": [18, 29], "metacarpal": [15, 21],
        "proximal": [11, 17], "middle": [18, 25], "distal": [21, 29], "distal_1": [13, 18],
    },
    "fuses": {
        "radius": [206, 224], "ulna": [200, 218], "metacarpal_1": [170, 196], "metacarpal": [178, 204],
        "proximal": [176, 201], "middle": [175, 200], "distal": [161, 187], "distal_1": [160, 186],
    },
    "spread_months": 2.0,
    "fusing_months": 20.0,
    "carpal_full": [150, 174],
    # adult lengths and half widths, mm: thumb to little finger
    "length": {
        "metacarpal": [46, 68, 65, 58, 54], "proximal": [32, 40, 45, 41, 33], "middle": [0, 23, 27, 26, 18],
        "distal": [22, 16.5, 17.5, 17.5, 16],
    },
    "half_width": {
        "metacarpal": [4.6, 4.3, 4.3, 3.7, 3.6], "proximal": [4.2, 4.3, 4.4, 4.0, 3.6], "middle": [0, 3.6, 3.8, 3.6, 3.2],
        "distal": [3.4, 2.9, 3.0, 2.9, 2.7],
    },
    "base": [[20, -13], [11, -23], [1, -25], [-9, -23], [-18, -19]],
    "angle_deg": [44, 9, 0, -8, -18],
    "carpals": {
        "capitate": [1, -15, 6.6, 9.2], "hamate": [-8.5, -13, 6.6, 7.6], "triquetrum": [-14.5, -5, 5.6, 5.2],
        "lunate": [-4.5, -3, 6.2, 5.6], "scaphoid": [8, -5, 6.2, 7.6], "trapezium": [17, -11, 5.4, 5.2],
        "trapezoid": [10.5, -16, 4.9, 4.6], "pisiform": [-15.5, -3.5, 3.4, 3.6],
    },
    "epiphysis_share": 0.13,
    "gap_mm": 1.5,
    "joint_mm": 2.4,
    "cortex_mm": [0.9, 1.5],
    "hollow": 0.62,
    "flesh": 2.1,
    "grain": 0.10,
    # pose
    "spread_deg": 5.0,
    "bend_deg": 3.0,
    "roll_deg": 7.0,
    "margin": [1.08, 1.35],
    "shift": 0.04,
    # beam: about 50 kV
    "mu_per_mm": {"soft": 0.024, "bone": 0.085},
    "scanners": {
        "crisp": _device(psf_mm=0.15, pitch_mm=0.12, photons=9000, scatter=0.15, flatten=0.30, sharpen=1.0, steep=1.0),
        "classic": _device(
            psf_mm=0.35, pitch_mm=0.18, photons=5000, scatter=0.30, flatten=0.10, sharpen=0.2, steep=2.5, inverted=0.30
        ),
        "flat": _device(psf_mm=0.25, pitch_mm=0.15, photons=7000, scatter=0.20, flatten=0.55, sharpen=0.6, steep=0.2, gamma=1.05),
        "mobile": _device(psf_mm=0.5, pitch_mm=0.2, photons=2500, scatter=0.45, flatten=0.25, sharpen=0.6, steep=0.8, noise_px=0.7),
        "plate": _device(psf_mm=0.7, pitch_mm=0.25, photons=3500, scatter=0.35, flatten=0.2, sharpen=0.4, steep=1.6, gamma=0.75),
    },
    "held_scanner": "plate",
    "dose_spread": 0.35,
    "window_low": [0.0, 0.05],
    "window_high": [0.96, 1.0],
    "flatten_mm": [15.0, 40.0],
    "sharpen_mm": [2.0, 6.0],
    "gamma_spread": 0.22,
    "black": [-0.08, 0.12],
    "white": [0.75, 1.05],
    "share_letter": 0.5,
    # simulated readers: bias and spread of the bone age they write, months; and how they draw
    "reads": {"first": {"bias": 1.5, "spread": 5.0}, "second": {"bias": -3.0, "spread": 7.5}},
    "raters": {
        "first": {"bias": 0.001, "spread": 0.008, "smooth": 0.04, "half_seen": 0.25, "slope": 12.0, "false_rate": 0.02},
        "second": {"bias": -0.002, "spread": 0.011, "smooth": 0.05, "half_seen": 0.35, "slope": 9.0, "false_rate": 0.05},
    },
}  # fmt: skip
