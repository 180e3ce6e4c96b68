"""Every range and constant the chest radiograph phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.
"""

from typing import Any

_FRONT = [[1, 0, 0], [0, -1, 0], [0, 0, 1]]
_BACK = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
_SIDE = [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def _scanner(**numbers: float) -> dict[str, float]:
    return {"readout": 2.0, "scatter_mm": 45.0, "noise_px": 0.0, "gamma": 0.85, **numbers}


CHEST: dict[str, Any] = {
    "size_px": {"test": 96, "benchmark": 320},
    "finer": {"test": 2, "benchmark": 2},
    "depth_mm": {"test": 9.0, "benchmark": 5.0},
    "point_mm": {"test": 3.0, "benchmark": 1.2},
    "generations": {"test": 4, "benchmark": 6},
    # demographics
    "age_years": [18.0, 90.0],
    "share_female": 0.5,
    "height_cm": {"M": [176.0, 7.5], "F": [163.0, 7.0]},
    "bmi": [25.5, 0.17],
    # anatomy: mean, relative spread
    "half_width_mm": [137.0, 0.055],
    "half_depth_mm": [86.0, 0.08],
    "lung_height_mm": [245.0, 0.08],
    "taper": [3.2, 0.14],
    "medial_mm": [25.0, 0.14],
    "dome_step_mm": [11.0, 0.8],
    "dome_height_mm": [44.0, 0.22],
    "heart_size": [0.97, 0.09],
    "knob_mm": [17.0, 0.14],
    "mediastinum_mm": [29.0, 0.12],
    "shoulder_mm": [205.0, 0.06],
    "breast_mm": [58.0, 0.25],
    "rib_drop_mm": [92.0, 0.18],
    "rib_radius_mm": [4.6, 0.12],
    "rib_density": [1.0, 0.15],
    "lung_density": [0.26, 0.16],
    "grain": 0.02,
    # disease
    "share_disease": 0.5,
    "share_finding": {"opacity": 0.6, "nodule": 0.3, "effusion": 0.15, "cardiomegaly": 0.3},
    "opacity_count": 9.0,
    "opacity_mm": [9.0, 34.0],
    "opacity_density": [0.25, 0.8],
    "nodule_radius_mm": [4.0, 15.0],
    "share_hidden": 0.25,
    "effusion_mm": [-35.0, 35.0],
    "heart_factor": [1.22, 1.5],
    # pose
    "views": {
        "PA": {"axes": _FRONT, "source_mm": 1800.0, "film_mm": 150.0, "tilt_deg": 0.0},
        "AP": {"axes": _BACK, "source_mm": 1200.0, "film_mm": 170.0, "tilt_deg": 3.0},
        "AP Supine": {"axes": _BACK, "source_mm": 1000.0, "film_mm": 180.0, "tilt_deg": 4.0},
        "L": {"axes": _SIDE, "source_mm": 1800.0, "film_mm": 240.0, "tilt_deg": 0.0},
        "lordotic": {"axes": _BACK, "source_mm": 1500.0, "film_mm": 180.0, "tilt_deg": 22.0},
    },
    "view_share": {"PA": 0.6, "AP": 0.2, "AP Supine": 0.2},
    "turn_deg": 3.5,
    "tilt_deg": 3.0,
    "roll_deg": 2.2,
    "field_margin": [0.98, 1.5],
    "field_shift": 0.05,
    "field_low": 0.05,
    "inspiration": {"PA": [0.86, 1.0], "AP": [0.72, 0.98], "AP Supine": [0.62, 0.92], "L": [0.86, 1.0], "lordotic": [0.8, 1.0]},
    # beam: effective energy near 65 keV; bone is its cortex
    "mu_per_mm": {"soft": 0.0195, "wall": 0.0180, "bone": 0.0520, "metal": 0.40},
    "scanners": {
        "crisp": _scanner(psf_mm=0.25, pitch_mm=0.14, photons=45000, scatter=0.9, flatten=0.45, sharpen=1.4, steep=1.5),
        "classic": _scanner(psf_mm=0.6, pitch_mm=0.20, photons=30000, scatter=1.2, flatten=0.20, sharpen=0.4, steep=3.0),
        "flat": _scanner(psf_mm=0.4, pitch_mm=0.17, photons=30000, scatter=1.0, flatten=0.65, sharpen=0.8, steep=0.2, gamma=0.95),
        "mobile": _scanner(
            psf_mm=0.8, pitch_mm=0.20, photons=17500, scatter=2.2, flatten=0.4, sharpen=0.8, steep=1.0, noise_px=0.7
        ),
        "plate": _scanner(psf_mm=1.1, pitch_mm=0.30, photons=20000, scatter=1.6, flatten=0.3, sharpen=0.6, steep=2.0, gamma=0.75),
    },
    "held_scanner": "plate",
    "dose_spread": 0.35,
    "window_low": [0.0, 0.04],
    "window_high": [0.84, 1.0],
    "flatten_mm": [30.0, 70.0],
    "sharpen_mm": [4.0, 16.0],
    "gamma_spread": 0.28,
    "black": [-0.05, 0.34],
    "white": [0.75, 1.1],
    # letters and borders
    "share_side_letter": 0.6,
    "share_view_word": 0.25,
    "share_border": 0.2,
    "share_marker": 0.0,
    "marker_text": "PORT",
    "letter_height": [0.028, 0.06],
    # devices
    "share_device": {"pacemaker": 0.06, "leads": 0.15, "tube": 0.1},
    # simulated readers
    "raters": {
        "first": {"bias": 0.004, "spread": 0.006, "smooth": 0.05, "half_seen": 0.20, "slope": 14.0, "false_rate": 0.03},
        "second": {"bias": -0.006, "spread": 0.010, "smooth": 0.07, "half_seen": 0.32, "slope": 10.0, "false_rate": 0.06},
        "third": {"bias": 0.002, "spread": 0.008, "smooth": 0.06, "half_seen": 0.50, "slope": 7.0, "false_rate": 0.10},
        "fourth": {"bias": 0.008, "spread": 0.012, "smooth": 0.05, "half_seen": 0.26, "slope": 9.0, "false_rate": 0.18},
    },
}
