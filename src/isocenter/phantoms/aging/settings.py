"""Every range and constant the dementia-risk phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Rates are round numbers of the right order (dementia near 2-3 %, death near 3 % a year at 75, Gompertz: doubling in 7 years), not
estimates of any cohort.
"""

from typing import Any


def _scanner(**numbers: float) -> dict[str, float]:
    return {"fat": 1.2, "skull": 0.07, "gamma": 1.0, "bias": 0.15, **numbers}


AGING: dict[str, Any] = {
    "size_px": {"test": 72, "benchmark": 128},
    "finer": {"test": 2, "benchmark": 2},
    "age_years": [60.0, 88.0],
    "share_female": 0.55,
    # anatomy, mm; x to the right, y down, the middle of the head at 0
    "head": [74.0, 1.04],
    "head_spread": 0.035,
    "cerebrum": [0.0, -10.0, 61.0, 0.84],
    "temporal": [41.0, 25.0, 22.0, 0.82],
    "stem": [0.0, 30.0, 13.0, 1.9],
    "fold_mm": 5.5,
    "ribbon_mm": 3.6,
    "gyri_mm": 3.2,
    "sulci_mm": 2.2,
    "hippocampus": [27.0, 29.0, 7.8, 0.64],
    "hippocampus_spread": 0.05,
    "ventricle": [8.5, -16.0, 7.5, 0.66],
    "ventricle_spread": 0.14,
    "third": [0.0, 6.0, 1.9, 4.2],
    "deep": [[12.0, 4.0, 8.5, 0.9], [26.0, -2.0, 5.0, 2.0]],
    # disease and age: shares of hippocampal area lost; growth of the ventricles' width
    "share_disease": 0.4,
    "loss_well": [0.02, 0.025],
    "loss_ill": [0.10, 0.50],
    "loss_a_year": 0.0045,
    "widening_a_year": 0.010,
    "widening_of_loss": 0.75,
    "sulci_a_year": 0.035,
    # log hazard ratios of dementia: a tenth of hippocampal area lost, a tenth of ventricular width, ten years, women
    "effects": {"loss": 0.60, "widening": 0.16, "age": 0.45, "female": 0.20},
    "centered_at": {"loss": 0.18, "widening": 0.28, "age": 74.0},
    "dementia": {"a_year": 0.020, "shape": 1.3},
    "death": {"a_year_at_75": 0.030, "growth": 0.095, "male": 1.45},
    "end_years": [6.0, 10.0],
    "lost_a_year": 0.035,
    # pose
    "field_mm": [160.0, 172.0],
    "roll_deg": 6.0,
    "shift_mm": 3.0,
    # scanners: levels of gray matter and fluid beside white matter = 1
    "scanners": {
        "sharp": _scanner(gray=0.70, csf=0.22, psf_mm=0.7, noise=0.020),
        "old": _scanner(gray=0.78, csf=0.30, psf_mm=1.4, noise=0.045, gamma=0.9),
        "quick": _scanner(gray=0.74, csf=0.26, psf_mm=1.1, noise=0.055, bias=0.22),
        "strong": _scanner(gray=0.68, csf=0.18, psf_mm=0.8, noise=0.022, bias=0.35, gamma=1.1),
        "smooth": _scanner(gray=0.72, csf=0.24, psf_mm=1.7, noise=0.012),
        "bright": _scanner(gray=0.80, csf=0.34, psf_mm=1.2, noise=0.030, bias=0.28, fat=1.5, gamma=0.85),
    },
    "held_scanner": "bright",
    "noise_spread": 0.2,
    "white_level": [105.0, 150.0],
    "raters": {
        "first": {"bias": 0.001, "spread": 0.008, "smooth": 0.05, "half_seen": 0.25, "slope": 12.0, "false_rate": 0.02},
        "second": {"bias": -0.003, "spread": 0.011, "smooth": 0.06, "half_seen": 0.40, "slope": 9.0, "false_rate": 0.05},
    },
}
