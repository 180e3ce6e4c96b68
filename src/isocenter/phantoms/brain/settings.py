"""Every range and constant the brain MR phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Relaxation times of tissue: Wansapura et al., J Magn Reson Imaging 1999; 9:531-538 (3 T) and Stanisz et al., Magn Reson Med 2005;
54:507-512, rounded. [1.5 T, 3 T]. Those of scar, wml, plaque and wet are not measured values: they were solved for, so that against
white matter each shows the contrast in CONTRASTS on every scanner, and so that no single sequence tells scar + wml from
plaque + wet (tests/phantoms/brain/test_signal.py). The density of wet at 1.5 T is above that of water; nothing real is like it.
"""

from typing import Any

CONTRASTS = {
    "scar": {"t1": 0.75, "t2": 1.23, "flair": 1.0, "dwi": 1.0},
    "wml": {"t1": 1.0, "t2": 1.23, "flair": 1.38, "dwi": 1.0},
    "plaque": {"t1": 0.75, "t2": 1.23, "flair": 1.38, "dwi": 1.0},
    "wet": {"t1": 1.0, "t2": 1.23, "flair": 1.0, "dwi": 1.0},
}
"""Signal of four kinds of lesion over that of white matter, by sequence."""


def _material(t1_ms: list[float], t2_ms: list[float], density: list[float], diffusion: list[float]) -> dict[str, list[float]]:
    """A tissue at 1.5 T and 3 T: ms, ms, share of water's density, 1e-3 mm²/s."""
    return {"t1_ms": t1_ms, "t2_ms": t2_ms, "density": density, "diffusion": diffusion}


def _scanner(tesla: float, t1: list[float], t2: list[float], flair: list[float], **numbers: float) -> dict[str, Any]:
    """A machine: t1 = [TI, TR], t2 = [TR, TE], flair = [TR, TE], all in ms; TI of FLAIR nulls fluid."""
    return {"tesla": tesla, "t1": t1, "t2": t2, "flair": flair, "curve": 1.0, **numbers}


MATERIALS = {
    "white": _material([650.0, 840.0], [80.0, 76.0], [0.65, 0.65], [0.70, 0.70]),
    "gray": _material([1000.0, 1340.0], [90.0, 90.0], [0.77, 0.77], [0.85, 0.85]),
    "deep": _material([850.0, 1150.0], [78.0, 74.0], [0.74, 0.74], [0.80, 0.80]),
    "csf": _material([4000.0, 4000.0], [1200.0, 1200.0], [1.0, 1.0], [3.0, 3.0]),
    "scar": _material([1086.0, 1256.0], [75.7, 77.3], [0.87, 0.80], [0.92, 0.93]),
    "wml": _material([500.0, 754.0], [125.9, 103.5], [0.51, 0.57], [0.88, 0.89]),
    "plaque": _material([591.0, 851.0], [158.8, 126.8], [0.44, 0.49], [0.86, 0.88]),
    "wet": _material([1021.0, 1170.0], [64.6, 66.2], [1.08, 0.98], [0.94, 0.93]),
    "edema": _material([1000.0, 1250.0], [125.0, 120.0], [0.85, 0.85], [1.30, 1.30]),
    "core": _material([1150.0, 1450.0], [105.0, 100.0], [0.85, 0.85], [1.10, 1.10]),
}

BRAIN: dict[str, Any] = {
    "size": {"test": 64, "benchmark": 144},
    "finer": {"test": 2, "benchmark": 2},
    "slices": {"test": 12, "benchmark": 36},
    "slice_mm": {"test": 6.0, "benchmark": 2.5},
    "slab_mm": 5.0,
    "slab_planes": 4,
    "field_mm": 178.0,
    "level_mm": [8.0, 30.0],
    "volume_bottom_mm": -16.0,
    "age_years": [30.0, 90.0],
    # head
    "hull_mm": [[64.0, 72.0], [79.0, 89.0], [60.0, 68.0]],
    "hull_power": 2.25,
    "hull_wobble": 0.03,
    "fold_mm": [16.0, 30.0],
    "sulcus_depth_mm": [9.0, 30.0],
    "fold_warp_mm": 2.5,
    "gap_mm": 0.65,
    "gap_per_year": 0.010,
    "cortex_mm": [2.9, 3.6],
    "cortex_per_year": -0.006,
    "ventricle": 0.80,
    "ventricle_per_year": 0.013,
    "ventricle_spread": 0.16,
    "turn_deg": 7.0,
    "shift_mm": 4.0,
    "grain": 0.025,
    # disease
    "share_disease": 0.8,
    "diagnoses": ["stroke", "tumor", "swelling", "vascular", "inflammatory"],
    "white_lesions_at_60": 1.6,
    "white_lesions_doubling_years": 14.0,
    "lacunes_at_60": 0.3,
    "radius_mm": {
        "wml": [1.6, 4.0],
        "lacune": [1.8, 4.0],
        "stroke": [6.0, 13.0],
        "edema": [12.0, 19.0],
        "core": [5.0, 9.0],
        "focal": [4.0, 7.0],
    },
    "focal_pairs": [1, 2],
    "lesion_wobble": 0.18,
    "restricted_diffusion": 0.38,
    "uptake_per_s": 2.2,
    # acquisition
    "materials": MATERIALS,
    "inversion": 0.95,
    "echo_t1_ms": 4.0,
    "echo_dwi_ms": 90.0,
    "b_s_per_mm2": 1000.0,
    "bias": [0.20, 0.40],
    "bias_mm": [140.0, 260.0],
    "top_over_white": {"t1": 1.35, "t2": 3.6, "flair": 2.1, "dwi": 2.4, "t1c": 1.7},
    "snr_spread": 0.15,
    "blur_dwi": 1.8,
    "scanners": {
        "plain": _scanner(1.5, [850.0, 1900.0], [4500.0, 95.0], [9000.0, 115.0], snr=45.0, psf=0.55, slice=5.0, correlation=0.3),
        "sharp": _scanner(3.0, [900.0, 2000.0], [5000.0, 90.0], [9000.0, 115.0], snr=70.0, psf=0.40, slice=3.0, correlation=0.0),
        "quick": _scanner(3.0, [1000.0, 2300.0], [4500.0, 98.0], [8500.0, 110.0], snr=32.0, psf=0.50, slice=4.0, correlation=0.6),
        "old": _scanner(
            1.5, [950.0, 2100.0], [5000.0, 100.0], [8500.0, 110.0], snr=26.0, psf=0.80, slice=5.0, correlation=0.5, curve=0.92
        ),
        "thick": _scanner(
            3.0, [1000.0, 2200.0], [4700.0, 95.0], [9500.0, 115.0], snr=40.0, psf=0.60, slice=6.0, correlation=0.4, curve=1.08
        ),
    },
    "held_scanner": "thick",
    "not_acquired": {"plain": ["dwi"], "sharp": [], "quick": ["t1c"], "old": ["dwi", "t1c"], "thick": ["t2"]},
    "raters": {
        "first": {"bias": 0.002, "spread": 0.006, "smooth": 0.05, "half_seen": 0.25, "slope": 12.0, "false_rate": 0.02},
        "second": {"bias": -0.004, "spread": 0.008, "smooth": 0.06, "half_seen": 0.40, "slope": 9.0, "false_rate": 0.05},
    },
}
