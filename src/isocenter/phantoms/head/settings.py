"""Every range and constant the head-CT phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Densities: gray 38, white 28, blood 50-90, calcium 130-1500 HU (shared protocol). Ventricles and sulci widen with age.
"""

from typing import Any


def _scanner(**numbers: float) -> dict[str, float]:
    return {"sharpen": 0.0, "grain_mm": 0.0, "ramp": 0.0, "offset_hu": 0.0, **numbers}


HEAD: dict[str, Any] = {
    "shape": {"test": [56, 64, 12], "benchmark": [120, 144, 24]},
    "field_mm": [196.0, 230.0, 96.0],
    "finer": {"test": 2, "benchmark": 2},
    # people
    "age_years": [20.0, 90.0],
    "size": {"F": [0.90, 0.99], "M": [0.95, 1.05]},
    "slim": [0.93, 1.07],
    "bone_mm": [4.4, 6.8],
    "scalp_mm": [4.5, 8.0],
    "atrophy": [0.75, 1.35],
    # pose: degrees about x (nod), y (tilt) and z (turn)
    "nod_deg": [-12.0, 12.0],
    "tilt_deg": [-8.0, 8.0],
    "turn_deg": [-9.0, 9.0],
    "shift_mm": [-5.0, 5.0],
    "zoom": [0.97, 1.06],
    # tissue, HU
    "gray_hu": [36.5, 39.5],
    "white_hu": [26.5, 29.5],
    "csf_hu": [4.0, 9.0],
    "scalp_hu": [20.0, 50.0],
    "fat_hu": -70.0,
    "air_hu": -1000.0,
    "table_hu": [900.0, 1400.0],
    "spongy_hu": [350.0, 650.0],
    "falx_hu": 52.0,
    "grain_hu": 1.5,
    # calcium: beside bone, in pineal gland, choroid plexus, basal ganglia, falx
    "share_calcium": {"pineal": 0.55, "plexus": 0.5, "ganglia": 0.2, "falx": 0.3, "inner_table": 0.25},
    "calcium_hu": [130.0, 1500.0],
    "calcium_mm": [1.2, 3.6],
    # bleeding
    "share_disease": 0.5,
    "compartments": {"epidural": 0.14, "subdural": 0.26, "subarachnoid": 0.2, "intraventricular": 0.12, "intraparenchymal": 0.28},
    "share_second": 0.3,
    "volume_ml": {
        "epidural": [1.0, 50.0], "subdural": [1.0, 60.0], "subarachnoid": [0.5, 14.0], "intraventricular": [0.5, 14.0],
        "intraparenchymal": [0.4, 60.0],
    },
    "blood_hu": {
        "epidural": [58.0, 80.0], "subdural": [50.0, 80.0], "subarachnoid": [50.0, 66.0], "intraventricular": [52.0, 76.0],
        "intraparenchymal": [55.0, 90.0],
    },
    "edema_hu": -9.0,
    "edema_mm": 6.0,
    "scanners": {
        "clear": {"cup_hu": 2.0, **_scanner(psf_mm=0.6, slice_mm=5.0, noise_hu=2.8, grain_mm=0.8)},
        "sharp": {"cup_hu": 3.5, **_scanner(psf_mm=0.45, slice_mm=2.5, noise_hu=6.0, ramp=0.6, sharpen=0.35)},
        "quick": {"cup_hu": 5.0, **_scanner(psf_mm=0.8, slice_mm=5.0, noise_hu=4.5, grain_mm=1.2, ramp=0.2, offset_hu=4.0)},
        "old": {"cup_hu": 9.0, **_scanner(psf_mm=1.1, slice_mm=8.0, noise_hu=3.8, grain_mm=1.8, offset_hu=-8.0)},
        "portable": {"cup_hu": 12.0, **_scanner(psf_mm=1.0, slice_mm=6.0, noise_hu=7.0, grain_mm=1.4, ramp=0.3, offset_hu=10.0)},
        "flat": {"cup_hu": 7.0, **_scanner(psf_mm=0.7, slice_mm=4.0, noise_hu=5.5, grain_mm=0.5, ramp=0.4, sharpen=0.2)},
    },
    "held_scanner": "flat",
    "noise_spread": 0.18,
    "drift_hu": 3.0,
    "raters": {
        "first": {"bias": 0.002, "spread": 0.006, "smooth": 0.06, "half_seen": 0.12, "slope": 30.0, "false_rate": 0.02},
        "second": {"bias": 0.006, "spread": 0.010, "smooth": 0.06, "half_seen": 0.25, "slope": 18.0, "false_rate": 0.05},
        "junior": {"bias": -0.006, "spread": 0.010, "smooth": 0.06, "half_seen": 0.4, "slope": 14.0, "false_rate": 0.04},
    },
}  # fmt: skip
