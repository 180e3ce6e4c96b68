"""Every range and constant of the plate phantom.

Cell sizes are in shares of a well picture's side, times in hours, doses in micromolar. Doubling times of a day are those of common
cell lines; the rest is chosen so that a picture of 96 pixels can still be counted.
"""

from typing import Any

_READER = {"bias": 0.0, "spread": 0.004, "smooth": 0.05}

PLATE: dict[str, Any] = {
    "size_px": {"test": 96, "benchmark": 192},
    "finer": {"test": 3, "benchmark": 2},
    # the plate
    "rows": "ABCDEFGH",
    "columns": 12,
    "doses_um": [0.0, 0.3, 1.0, 3.0, 10.0],
    "hours": {"exponential": 60.0, "logistic": 144.0},
    "growth": "exponential",
    # growth of one well
    "doubling_h": [18.0, 30.0],
    "rate_sd": 0.03,
    "edge_loss": [0.05, 0.20],
    "seeded": [35.0, 55.0],
    "seeded_sd": 0.08,
    "capacity": [170.0, 240.0],
    "capacity_sd": 0.03,
    "death_share": 0.10,
    "most_cells": 4000,
    # answer to the drug, where the line is sensitive
    "share_disease": 0.5,
    "half_um": [0.5, 3.0],
    "steep": [1.0, 2.0],
    "top_effect": [0.75, 0.95],
    # cells
    "radius": [0.018, 0.024],
    "radius_sd": 0.12,
    "oval": [1.0, 1.5],
    "apart": [1.2, 3.2],
    "elbow": 1.9,
    "texture": 0.18,
    "brightness_sd": 0.22,
    # microscopes
    "scanners": {
        "widefield": {"psf": 0.008, "photons": 220.0, "noise": 0.010, "haze": 0.10, "uneven": 0.10, "gamma": 1.0},
        "confocal": {"psf": 0.004, "photons": 150.0, "noise": 0.008, "haze": 0.02, "uneven": 0.05, "gamma": 1.0},
        "reader": {"psf": 0.011, "photons": 250.0, "noise": 0.013, "haze": 0.18, "uneven": 0.20, "gamma": 0.8},
        "old_lamp": {"psf": 0.009, "photons": 120.0, "noise": 0.012, "haze": 0.12, "uneven": 0.30, "gamma": 0.9},
        "phone": {"psf": 0.013, "photons": 80.0, "noise": 0.022, "haze": 0.22, "uneven": 0.25, "gamma": 0.7},
    },
    "held_scanner": "phone",
    "gain": [0.55, 0.95],
    # simulated counters: what they see of a cell by its contrast, and what they mark that is none
    "raters": {
        "first": {**_READER, "half_seen": 0.10, "slope": 14.0, "false_rate": 0.02},
        "second": {**_READER, "bias": 0.003, "half_seen": 0.22, "slope": 9.0, "false_rate": 0.05},
    },
}  # fmt: skip
