"""Every range and constant the liver phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Portal venous phase. Densities are of the order that textbooks give: liver 90-130 HU, less where it is fatty, portal and hepatic
veins 150-190, cysts near water, metastases darker than liver with a brighter rim and often a dead core, hemangiomas with nodules
along their border that are as bright as vessels and fill inward (Federle, Diagnostic Imaging: Abdomen). The three kinds have one
distribution of sizes, so that size tells nothing.
"""

from typing import Any

LIVER: dict[str, Any] = {
    "size": {"test": 32, "benchmark": 64},
    "field_mm": 64.0,
    "slab_mm": 3.0,
    "finer": 3,
    "age_years": [30.0, 85.0],
    "window_hu": [-60.0, 240.0],
    # the organ
    "liver_hu": [88.0, 132.0],
    "share_fatty": 0.2,
    "fatty_hu": -30.0,
    "grain_hu": 4.0,
    "grain_mm": 3.0,
    "patches_hu": 3.0,
    "patches_mm": 18.0,
    "vessel_hu": [150.0, 190.0],
    "vessels": [3, 8],
    "vessel_mm": [1.2, 4.5],
    "vessel_bend": 0.25,
    "share_border": 0.35,
    "border_from_lesion_mm": [1.0, 10.0],
    "border_round_mm": [50.0, 120.0],
    "fat_mm": [2.0, 10.0],
    "fat_hu": -100.0,
    "muscle_hu": 60.0,
    # the lesion
    "share_disease": 64 / 182,
    "benign": {"cyst": 53, "hemangioma": 65},
    "diameter_mm": [10.0, 38.0],
    "aside_mm": 5.0,
    "least_contrast_hu": 25.0,
    "cyst": {"hu": [0.0, 18.0], "oblong": 0.12, "lobed": 0.06, "edge_mm": 0.7, "grain_hu": 0.5},
    "metastasis": {
        "hu": [45.0, 85.0], "oblong": 0.18, "lobed": 0.22, "edge_mm": 3.0, "grain_hu": 6.0, "rim_hu": [8.0, 35.0],
        "rim_share": [0.15, 0.35], "share_dead": 0.5, "dead_hu": [15.0, 35.0], "dead_share": [0.35, 0.6], "dead_from_mm": 14.0,
    },
    "hemangioma": {
        "hu": [45.0, 85.0], "oblong": 0.16, "lobed": 0.16, "edge_mm": 0.9, "grain_hu": 3.0, "nodules": [2, 5],
        "nodule_share": [0.16, 0.36], "nodule_of_vessel": [0.85, 1.0], "share_filled": 0.3, "filled_up_to_mm": 14.0,
    },
    # the scan
    "scanners": {
        "soft": {"psf_mm": 0.9, "slice_mm": 5.0, "sharpen": 0.0, "noise_hu": 9.0, "grain_mm": 1.5, "ramp": 0.0, "offset_hu": 0.0},
        "plain": {"psf_mm": 0.8, "slice_mm": 3.0, "sharpen": 0.0, "noise_hu": 13.0, "grain_mm": 1.1, "ramp": 0.3, "offset_hu": 2.0},
        "thin": {"psf_mm": 0.7, "slice_mm": 3.0, "sharpen": 0.2, "noise_hu": 16.0, "grain_mm": 0.8, "ramp": 0.4, "offset_hu": -3.0},
        "old": {"psf_mm": 1.3, "slice_mm": 7.0, "sharpen": 0.0, "noise_hu": 15.0, "grain_mm": 2.0, "ramp": 0.0, "offset_hu": 6.0},
        "crisp": {"psf_mm": 0.6, "slice_mm": 3.0, "sharpen": 0.3, "noise_hu": 15.0, "grain_mm": 0.6, "ramp": 0.6, "offset_hu": -6},
    },
    "held_scanner": "crisp",
    "noise_spread": 0.18,
    "drift_hu": 4.0,
    "raters": {
        "first": {"bias": 0.0, "spread": 0.012, "smooth": 0.08, "half_seen": 0.0, "slope": 1.0, "false_rate": 0.0},
        "second": {"bias": 0.01, "spread": 0.02, "smooth": 0.08, "half_seen": 0.0, "slope": 1.0, "false_rate": 0.0},
    },
}  # fmt: skip
