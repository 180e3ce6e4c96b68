"""Every range and constant the chest-CT phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Densities: parenchyma at a usual breath in -880 to -820 HU, emphysema -1000 to -950 HU (shared protocol; Gevenois et al., Am J
Respir Crit Care Med 1996; 154:187-192). Lesion sizes: Lynch et al. (Fleischner Society), Radiology 2015; 277:192-205, rounded.
"""

from typing import Any


def _scanner(**numbers: float) -> dict[str, float]:
    return {"sharpen": 0.0, "grain_mm": 0.0, "ramp": 0.0, "offset_hu": 0.0, **numbers}


THORAX: dict[str, Any] = {
    "shape": {"test": [56, 42, 20], "benchmark": [128, 96, 48]},
    "field_mm": [284.0, 213.0, 120.0],
    "finer": {"test": 2, "benchmark": 2},
    # people
    "age_years": [45.0, 80.0],
    "size": {"F": [0.90, 0.98], "M": [0.97, 1.06]},
    "fat_mm": {"F": [12.0, 30.0], "M": [8.0, 24.0]},
    "bone_loss_per_year": 3.0,
    # lungs: density at a usual breath (1) is mass over volume; it rises as the same lung holds less air
    "density_hu": [-882.0, -838.0],
    "gravity_hu": [14.0, 34.0],
    "inspiration": [0.72, 1.32],
    "grain_hu": 10.0,
    "mosaic_hu": [10.0, 85.0],
    "air_hu": -1000.0,
    # pose
    "turn_deg": [-5.0, 5.0],
    "shift_mm": [-6.0, 6.0],
    "zoom": [0.97, 1.05],
    # tissue
    "soft_hu": [35.0, 55.0],
    "blood_hu": [40.0, 55.0],
    "fat_hu": -100.0,
    "spongy_hu": [140.0, 280.0],
    "compact_hu": [350.0, 750.0],
    # trees
    "artery_mm": 4.2,
    "airway_mm": 5.0,
    "shrink": [0.76, 0.84],
    "longer": 3.0,
    "generations": {"test": 4, "benchmark": 8},
    "airway_generations": {"test": 3, "benchmark": 5},
    # emphysema
    "share_disease": 0.45,
    "patterns": {"centrilobular": 0.62, "paraseptal": 0.2, "panlobular": 0.18},
    "share_mixed": 0.35,
    "extent_shares": [0.46, 0.28, 0.13, 0.08, 0.05],
    "side_spread": 0.45,
    "share_one_sided": 0.12,
    "hole_hu": {"centrilobular": [-990.0, -950.0], "paraseptal": [-1000.0, -955.0], "panlobular": [-970.0, -950.0]},
    "lesion_mm": {"centrilobular": [4.2, 6.0], "paraseptal": [5.0, 8.0], "panlobular": [16.0, 26.0]},
    "band_mm": 11.0,
    # breath: % predicted and ratio, loosely coupled to extent (thorax/breath.py)
    "fev1_healthy": [98.0, 11.0],
    "fev1_per_root_extent": 42.0,
    "fev1_airways": 9.0,
    "ratio_healthy": [0.78, 0.045],
    "ratio_per_root_extent": 0.30,
    "ratio_airways": 0.05,
    "scanners": {
        "soft": _scanner(psf_mm=1.0, slice_mm=5.0, noise_hu=16.0, grain_mm=1.6, offset_hu=6.0),
        "plain": _scanner(psf_mm=0.8, slice_mm=3.0, noise_hu=24.0, grain_mm=1.1, ramp=0.3, offset_hu=-4.0),
        "sharp": _scanner(psf_mm=0.5, slice_mm=1.0, noise_hu=42.0, ramp=0.8, sharpen=0.45, offset_hu=-9.0),
        "low_dose": _scanner(psf_mm=0.9, slice_mm=1.25, noise_hu=34.0, grain_mm=1.3, ramp=0.2, offset_hu=2.0),
        "old": _scanner(psf_mm=1.3, slice_mm=7.0, noise_hu=20.0, grain_mm=2.0, offset_hu=14.0),
        "crisp": _scanner(psf_mm=0.6, slice_mm=1.5, noise_hu=30.0, ramp=0.6, sharpen=0.3, offset_hu=-14.0),
    },
    "held_scanner": "crisp",
    "noise_spread": 0.18,
    "drift_hu": 12.0,
    # readers: bias and spread of the log-odds of extent; half_seen = extent at which half the affected regions are noticed
    "readers": {
        "first": {"bias": 0.0, "spread": 0.30, "half_seen": 0.008, "false_rate": 0.03},
        "second": {"bias": 0.25, "spread": 0.45, "half_seen": 0.012, "false_rate": 0.06},
        "junior": {"bias": -0.30, "spread": 0.55, "half_seen": 0.02, "false_rate": 0.02},
    },
    "raters": {
        "first": {"bias": 0.002, "spread": 0.006, "smooth": 0.05, "half_seen": 0.02, "slope": 120.0, "false_rate": 0.02},
        "second": {"bias": 0.005, "spread": 0.009, "smooth": 0.06, "half_seen": 0.04, "slope": 90.0, "false_rate": 0.05},
        "junior": {"bias": -0.006, "spread": 0.009, "smooth": 0.06, "half_seen": 0.06, "slope": 70.0, "false_rate": 0.02},
    },
}
