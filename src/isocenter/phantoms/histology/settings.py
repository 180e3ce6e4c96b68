"""Every range and constant the slide phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Nuclei: lymphocytes 6-7 um across, fibroblasts drawn out, epithelium 7-9 um, carcinoma 9-13 um and uneven (Kumar et al., Robbins
Basic Pathology, rounded). Dyes: Ruifrok & Johnston 2001 (hematoxylin 0.65 0.70 0.29, eosin 0.07 0.99 0.11), moved for each center
by as much as Macenko et al. 2009 and Tellez et al. 2019 show between laboratories.
"""

from typing import Any


def _center(**numbers: Any) -> dict[str, Any]:
    plain = {
        "hematoxylin": (0.65, 0.70, 0.29), "eosin": (0.07, 0.99, 0.11), "dense": (1.0, 1.0), "white": (242.0, 240.0, 243.0),
        "vignette": 0.03, "blur_um": 0.6, "noise": 2.0,
    }  # fmt: skip
    return {**plain, **numbers}


HISTOLOGY: dict[str, Any] = {
    "size_um": {"test": 512.0, "benchmark": 1024.0},
    "um_per_px": {"test": 1.0, "benchmark": 0.5},
    "finer": {"test": 2, "benchmark": 1},
    "least_um": 256.0,
    "age_years": [30.0, 85.0],
    "share_female": 0.5,
    # who is ill, and how many of the ill one's slides show it
    "share_disease": 0.5,
    "share_of_slides": 0.7,
    # anatomy, um
    "tissue": {"length": 150.0, "reach": [0.62, 0.80], "rough": 0.22},
    "fibers": {"length": 9.0, "amount": 0.35, "warp": 60.0},
    "glands": {"apart": [95.0, 140.0], "radius": [26.0, 40.0], "lumen": [0.25, 0.45], "uneven": 0.10, "kept": 0.8},
    "follicles": {"count": [0, 3], "radius": [35.0, 75.0]},
    "carcinoma": {"share": [0.05, 0.40], "length": 110.0, "nests": 26.0, "stroma": 0.25},
    # nuclei: density per 100 um x 100 um, radius um (mean, SD), axis ratio, hematoxylin (mean, SD), texture
    "nuclei": {
        "stroma": {"density": 9.0, "radius": [3.3, 0.4], "oval": [1.8, 3.2], "hematoxylin": [0.55, 0.10], "clumps": 0.15},
        "lymphocyte": {"density": 125.0, "radius": [3.1, 0.3], "oval": [1.0, 1.2], "hematoxylin": [0.80, 0.10], "clumps": 0.10},
        "epithelium": {"density": 70.0, "radius": [3.8, 0.4], "oval": [1.2, 1.6], "hematoxylin": [0.55, 0.08], "clumps": 0.15},
        "carcinoma": {"density": 55.0, "radius": [5.4, 1.2], "oval": [1.0, 1.7], "hematoxylin": [0.62, 0.16], "clumps": 0.35},
    },
    "nearest": 0.72,
    # dyes in what lies between nuclei: hematoxylin, eosin
    "ground": {
        "stroma": (0.03, 0.22),
        "follicle": (0.12, 0.10),
        "epithelium": (0.09, 0.20),
        "lumen": (0.0, 0.015),
        "carcinoma": (0.10, 0.17),
    },
    "spread_dense": 0.12,
    "spread_vector": 0.02,
    # laboratories, each with its scanner
    "scanners": {
        "north": _center(),
        "east": _center(hematoxylin=(0.58, 0.73, 0.36), eosin=(0.1, 0.97, 0.22), dense=(1.35, 0.7), white=(236.0, 238.0, 247.0)),
        "south": _center(
            hematoxylin=(0.7, 0.66, 0.27), eosin=(0.05, 0.98, 0.19), dense=(0.7, 1.45), white=(247.0, 236.0, 238.0), noise=3.0
        ),
        "west": _center(
            hematoxylin=(0.62, 0.68, 0.39), eosin=(0.14, 0.96, 0.24), dense=(1.15, 1.2), white=(228.0, 226.0, 222.0), blur_um=0.9
        ),
        "island": _center(
            hematoxylin=(0.66, 0.72, 0.2), eosin=(0.03, 0.99, 0.05), dense=(0.85, 0.8), white=(246.0, 247.0, 240.0), noise=2.5
        ),
        "coast": _center(
            hematoxylin=(0.54, 0.76, 0.37), eosin=(0.17, 0.95, 0.27), dense=(1.3, 1.35), white=(240.0, 230.0, 240.0), noise=3.5
        ),
    },
    "held_scanner": "coast",
    "raters": {
        "first": {"bias": 0.0, "spread": 0.004, "smooth": 0.03, "half_seen": 0.12, "slope": 30.0, "false_rate": 0.02},
        "second": {"bias": 0.006, "spread": 0.008, "smooth": 0.03, "half_seen": 0.20, "slope": 20.0, "false_rate": 0.05},
    },
}
