"""Every range and constant the fundus phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Sizes on the retina after Hogan, Alvarado & Weddell, Histology of the Human Eye, 1971, rounded: disc 1.8 mm, 4.5 mm from the fovea,
veins at the disc 0.12-0.15 mm wide. Lesions are drawn somewhat larger than they are (a microaneurysm is 0.02-0.1 mm wide), so
that they can be seen at 256 px.
"""

from typing import Any


def _camera(**numbers: Any) -> dict[str, Any]:
    return {"gamma": 1.0, "flare": 0.02, "noise": 0.0045, "sharpen": 0.0, "grain_px": 0.6, **numbers}


FUNDUS: dict[str, Any] = {
    "size_px": {"test": 96, "benchmark": 256},
    "finer": {"test": 2, "benchmark": 2},
    "age_years": [25.0, 85.0],
    "share_female": 0.5,
    # anatomy, mm; x towards the disc, y down, the fovea at 0
    "disc": [4.5, 0.22],
    "disc_up": [0.35, 0.2],
    "disc_radius": [0.90, 0.08],
    "disc_oval": [1.0, 1.16],
    "cup": [0.25, 0.62],
    "vein_radius": [0.064, 0.078],
    "artery_share": [0.66, 0.82],
    "smallest": {"test": 0.024, "benchmark": 0.017},
    "branch_length": [14.0, 30.0],
    "shortest": 0.055,
    "arcade": [2.7, 3.6],
    "side_share": [0.10, 0.30],
    "share": [0.28, 0.5],
    "turn_deg": 9.0,
    "wander": 0.13,
    "avascular": 0.4,
    "spared": {"factor": 1.6, "width": 1.7},
    # tissue: what red, green and blue are reflected, and taken away by 1 of melanin, blood and macular pigment
    "reflectance": [0.92, 0.60, 0.33],
    "melanin": {"range": [0.35, 1.25], "absorbs": [0.22, 0.52, 0.70]},
    "blood": {"absorbs": [0.20, 1.05, 0.85], "full_mm": 0.17},
    "pigment": {"absorbs": [0.16, 0.40, 0.75], "width": 0.75, "strength": [0.5, 1.0]},
    "disc_color": [0.99, 0.80, 0.55],
    "cup_color": [1.00, 0.93, 0.76],
    "exudate_color": [0.98, 0.90, 0.52],
    "wool_color": [0.94, 0.88, 0.74],
    "texture": {"wide": 0.10, "wide_mm": 1.6, "fine": 0.02, "fine_mm": 0.35},
    # disease: grades of the international clinical scale
    "share_disease": 0.7,
    "share_grade": {"1": 0.28, "2": 0.32, "3": 0.2, "4": 0.2},
    "field_of_lesions": 4.7,
    "microaneurysms": {"1": [4, 14], "2": [8, 24], "3": [18, 40], "4": [10, 36]},
    "microaneurysm_radius": [0.045, 0.075],
    "hemorrhages": {"2": [3, 26], "4": [3, 40]},
    "hemorrhage_radius": [0.07, 0.24],
    "many": [21, 26],
    "share_many": 0.65,
    "beaded": [2, 4],
    "share_exudates": 0.7,
    "exudate_groups": [1, 4],
    "exudate_radius": [0.04, 0.11],
    "share_wool": {"2": 0.4, "3": 0.7, "4": 0.5},
    "wool": [1, 5],
    "wool_radius": [0.18, 0.36],
    "new_vessels": [1, 3],
    "share_at_disc": 0.5,
    "share_preretinal": 0.35,
    # pose
    "field_mm": [12.2, 14.4],
    "shift_mm": 0.35,
    "roll_deg": 5.0,
    "share_cut": 0.5,
    "cut": [0.84, 0.95],
    "margin": [1.01, 1.10],
    # cameras: gains of red, green and blue; point spread in mm; vignette = light lost at the rim
    "scanners": {
        "clinic": _camera(gains=[1.00, 0.92, 0.80], psf_mm=0.022, vignette=0.30, exposure=0.86),
        "warm": _camera(gains=[1.12, 0.74, 0.42], psf_mm=0.030, vignette=0.38, exposure=0.84, gamma=0.9),
        "handheld": _camera(gains=[1.00, 0.80, 0.62], psf_mm=0.055, vignette=0.52, exposure=0.72, noise=0.010, flare=0.06),
        "digital": _camera(gains=[0.98, 1.00, 0.88], psf_mm=0.018, vignette=0.22, exposure=0.92, sharpen=0.6, gamma=1.1),
        "film": _camera(gains=[1.10, 0.84, 0.52], psf_mm=0.040, vignette=0.34, exposure=0.80, noise=0.007, grain_px=1.1, gamma=1.2),
        "small_pupil": _camera(gains=[1.05, 0.86, 0.66], psf_mm=0.038, vignette=0.62, exposure=0.72, noise=0.009, flare=0.05),
    },
    "held_scanner": "small_pupil",
    "gain_spread": 0.05,
    "exposure_spread": 0.10,
    "focus_mm": [0.0, 0.03],
    "haze": [0.0, 0.08],
    "haze_of_age": 0.10,
    # what makes a picture ungradable
    "share_spoiled": 0.14,
    "spoiled": {"focus_mm": [0.12, 0.32], "exposure": [0.10, 0.28], "haze": [0.55, 0.85]},
    "detail_mm": 0.24,
    "gradable_from": 0.40,
    "raters": {
        "first": {"bias": 0.001, "spread": 0.003, "smooth": 0.04, "half_seen": 0.25, "slope": 12.0, "false_rate": 0.02},
        "second": {"bias": -0.002, "spread": 0.005, "smooth": 0.05, "half_seen": 0.40, "slope": 9.0, "false_rate": 0.05},
    },
}
