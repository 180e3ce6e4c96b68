"""Every range and constant the cardiac phantoms draw from.

Not: no code. A change here changes the phantoms' hash, and restarts every comparison made on them.

The length of systole is that of Weissler et al., Circulation 1968; 37:149-159 (QS2 in men; 546 - 2.1 ms a beat a minute).
Relaxation times [1.5 T, 3 T] are textbook values, rounded; sizes, ejection fractions and the rest of the timing are a choice, and
are not taken from a cohort.
"""

from typing import Any


def _material(t1_ms: list[float], t2_ms: list[float], density: float) -> dict[str, Any]:
    """A tissue at 1.5 T and 3 T: ms, ms, share of water's density."""
    return {"t1_ms": t1_ms, "t2_ms": t2_ms, "density": density}


def _scanner(tesla: float, flip_deg: float, again_ms: float, **numbers: float) -> dict[str, Any]:
    """A machine with its protocol: flip angle and TR of balanced steady-state free precession; window_ms: what a frame lasts."""
    return {"tesla": tesla, "flip_deg": flip_deg, "again_ms": again_ms, "curve": 1.0, **numbers}


MATERIALS = {
    "blood": _material([1540.0, 1930.0], [275.0, 240.0], 0.95),
    "myocardium": _material([1000.0, 1350.0], [50.0, 47.0], 0.80),
    "muscle": _material([1000.0, 1400.0], [42.0, 38.0], 0.78),
    "fat": _material([260.0, 370.0], [85.0, 75.0], 0.90),
    "liver": _material([580.0, 810.0], [46.0, 36.0], 0.72),
    "gut": _material([900.0, 1200.0], [60.0, 55.0], 0.75),
    "lung": _material([1200.0, 1300.0], [40.0, 30.0], 0.10),
    "air": _material([1000.0, 1000.0], [40.0, 40.0], 0.0),
}

HEART: dict[str, Any] = {
    "finer": 2,
    "age_years": [20.0, 85.0],
    # ventricles, end diastole, mm; [F, M]
    "radius_mm": [[23.0, 1.6], [25.5, 1.8]],
    "length_mm": [[80.0, 5.0], [88.0, 6.0]],
    "wall_mm": [[7.5, 0.9], [9.0, 1.1]],
    "apex_wall": 0.6,
    "oval": 0.05,
    "wobble": 0.025,
    "trabeculae": 0.017,
    "papillary_mm": [3.0, 5.0],
    "papillary_at": [0.55, 0.72],
    "papillary_deg": [-55.0, -150.0],
    "papillary_level": [0.25, 0.8],
    "right_across": [1.0, 1.3],
    "right_along": [1.25, 1.5],
    "right_offset": [0.95, 1.15],
    "right_turn_deg": [-10.0, 30.0],
    "right_wall_mm": 3.0,
    "right_shortening": 0.22,
    "right_apex": 0.2,
    "atrium": 0.85,
    "pericardial_fat_mm": [1.0, 9.0],
    # disease: a dilated ventricle that empties little, in part for a scar
    "share_disease": 0.4,
    "ejection": [0.54, 0.72],
    "ejection_ill": [0.15, 0.42],
    "dilated": [1.10, 1.40],
    "share_scar": 0.6,
    "scar_deg": [60.0, 140.0],
    "scar_lost": [0.5, 0.95],
    "long_axis_share": 0.24,
    # beat
    "heart_rate": [70.0, 13.0],
    "heart_rate_range": [46.0, 112.0],
    "heart_rate_ill": 8.0,
    "systole_ms": [546.0, -2.1, 16.0],
    "isovolumic_ms": [45.0, 8.0],
    "relaxation_ms": [70.0, 10.0],
    "early_ms": [200.0, 25.0],
    "atrial_ms": [130.0, 15.0],
    "early_share": [0.78, -0.0045, 0.06],
    "slow_share": 0.05,
    # chest, mm: x to the patient's right, y to the front
    "chest_at_mm": [[25.0, 55.0], [-70.0, -40.0]],
    "chest_mm": [[140.0, 175.0], [98.0, 122.0]],
    "chest_fat_mm": [5.0, 22.0],
    "chest_muscle_mm": [10.0, 20.0],
    "chest_wobble_mm": 7.0,
    "midriff_mm": [4.0, 26.0],
    "midriff_slope": [-0.25, 0.10],
    "midriff_bend": 0.0035,
    "liver_edge_mm": [-45.0, -5.0],
    "aorta_mm": [9.0, 13.0],
    "aorta_at_mm": [[-40.0, -10.0], [-80.0, -66.0]],
    "lung_vessels": 1.6,
    "grain": 0.06,
    "flow": 0.09,
    # pose
    "turn_deg": 25.0,
    "shift_mm": 12.0,
    # acquisition
    "materials": MATERIALS,
    "bias": [0.15, 0.35],
    "bias_mm": [160.0, 300.0],
    "surface_per_100_mm": [0.5, 1.3],
    "top_over_blood": 2.2,
    "snr_spread": 0.2,
    "scanners": {
        "plain": _scanner(1.5, 60.0, 3.2, snr=40.0, psf=0.9, slice=8.0, correlation=0.3, window_ms=40.0),
        "sharp": _scanner(3.0, 45.0, 3.0, snr=55.0, psf=0.6, slice=6.0, correlation=0.0, window_ms=30.0),
        "quick": _scanner(3.0, 40.0, 2.8, snr=26.0, psf=1.0, slice=8.0, correlation=0.6, window_ms=60.0),
        "old": _scanner(1.5, 50.0, 3.6, snr=20.0, psf=1.3, slice=10.0, correlation=0.5, window_ms=55.0, curve=0.92),
        "slow": _scanner(1.5, 65.0, 3.4, snr=32.0, psf=1.0, slice=8.0, correlation=0.4, window_ms=70.0, curve=1.08),
    },
    "held_scanner": "slow",
    "raters": {
        "first": {"bias": 0.001, "spread": 0.012, "smooth": 0.05, "half_seen": 0.0, "slope": 1.0, "false_rate": 0.0},
        "second": {"bias": 0.008, "spread": 0.016, "smooth": 0.06, "half_seen": 0.0, "slope": 1.0, "false_rate": 0.0},
    },
}

CINE: dict[str, Any] = {
    **HEART,
    "field_mm": 224.0,
    "size": {"test": 64, "benchmark": 112},
    "frames": [18, 30],
    "level": [0.42, 0.68],
    "lead": [0.02, 0.30],
    "within": 3,
}

STACK: dict[str, Any] = {
    **HEART,
    "field_mm": {"test": 128.0, "benchmark": 160.0},
    "size": {"test": 48, "benchmark": 96},
    "slice_mm": [8.0, 10.0],
    "below_mm": 10.0,
    "span_mm": 128.0,
}
