"""Every range and constant the phantom of cortical layers draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Shares of the six layers, densities and sizes of cell bodies are rounded from von Economo & Koskinas 1925 and from the layers of
Wagstyl et al. 2020 (BigBrain, 20 um sections): layers II and IV are thin and crowded with small cells, V is loose with large ones.
"""

from typing import Any


def _laboratory(**numbers: Any) -> dict[str, Any]:
    plain = {"white": 236.0, "dense": 1.0, "blur_mm": 0.018, "noise": 3.0, "vignette": 0.04, "uneven": 0.06}
    return {**plain, **numbers}


CORTEX: dict[str, Any] = {
    "size_px": {"test": 96, "benchmark": 256},
    "finer": {"test": 4, "benchmark": 2},
    "side_mm": 4.2,
    "age_years": [30.0, 85.0],
    "share_female": 0.5,
    "share_disease": 0.3,
    # ribbon: thickness (mean and SD, mm); thickness over radius of bending (above 0: crown of a gyrus); how it wanders
    "thickness_mm": [2.5, 0.25],
    "thinning_mm_a_year": 0.004,
    "curvature": [-0.45, 0.45],
    "outside_mm": [0.35, 0.75],
    "wander": {"length_mm": 1.6, "pia_mm": 0.10, "thickness": 0.08},
    # layers I to VI: share of the cortex by volume; how far it varies between persons and along the ribbon (SD of the logarithm)
    "shares": [0.10, 0.09, 0.29, 0.11, 0.18, 0.23],
    "share_sd": {"person": 0.12, "along": 0.10, "length_mm": 1.2},
    # cell bodies: per mm2, radius um (mean, SD), darkness (mean, SD); layers I to VI, then white matter
    "cells": [
        {"density": 180.0, "radius_um": [4.0, 0.8], "dark": [0.45, 0.10]},
        {"density": 2300.0, "radius_um": [5.5, 1.0], "dark": [0.70, 0.12]},
        {"density": 1150.0, "radius_um": [7.0, 2.0], "dark": [0.75, 0.12]},
        {"density": 2700.0, "radius_um": [5.5, 0.8], "dark": [0.70, 0.12]},
        {"density": 800.0, "radius_um": [8.0, 3.0], "dark": [0.85, 0.12]},
        {"density": 1300.0, "radius_um": [6.5, 1.5], "dark": [0.70, 0.12]},
        {"density": 420.0, "radius_um": [3.5, 0.6], "dark": [0.60, 0.10]},
    ],
    "crowding": {"length_mm": 0.5, "amount": 0.12},
    "neuropil": {"cortex": 0.085, "white": 0.060, "outside": 0.005},
    # dysplasia: densities of all layers drawn this far towards their mean, and large cells anywhere in the cortex
    "dysplasia": {"blend": [0.35, 0.60], "balloons": 60.0, "radius_um": [14.0, 3.0]},
    "scanners": {
        "north": _laboratory(),
        "east": _laboratory(dense=1.35, white=242.0, noise=2.0),
        "south": _laboratory(dense=0.75, blur_mm=0.026, uneven=0.10),
        "west": _laboratory(white=222.0, noise=5.0, vignette=0.10),
        "island": _laboratory(dense=1.15, blur_mm=0.030, uneven=0.03),
        "coast": _laboratory(dense=0.65, white=228.0, noise=4.5, uneven=0.12),
    },
    "held_scanner": "coast",
    "raters": {
        "first": {"bias": 0.0, "spread": 0.006, "smooth": 0.03, "half_seen": 0.1, "slope": 10.0, "false_rate": 0.0},
        "second": {"bias": 0.004, "spread": 0.010, "smooth": 0.04, "half_seen": 0.1, "slope": 10.0, "false_rate": 0.0},
    },
}
