"""Every range and constant the phantom of serial sections draws from; what it shares with slides is in settings.py.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

DAB: Ruifrok & Johnston 2001 (0.27 0.57 0.78). Ki-67 stains nuclei in cycle, a keratin the cytoplasm of all epithelium (Kumar et
al., Robbins Basic Pathology); the shares are rounded from there.
"""

from typing import Any

from isocenter.phantoms.histology.settings import HISTOLOGY

SERIAL: dict[str, Any] = {
    **HISTOLOGY,
    "size_um": {"test": 1024.0, "benchmark": 2048.0},
    "um_per_px": {"test": 2.0, "benchmark": 1.0},
    "finer": {"test": 1, "benchmark": 1},
    # a piece that leaves room to be turned and shifted; its border wanders over a share of the side
    "tissue": {"length_share": 0.3, "reach": [0.46, 0.60], "rough": 0.2},
    # how the second section was put on its glass: any way round, aside by a share of the side, and warped (um)
    "turn_deg": 180.0,
    "shift_share": 0.06,
    "warp": {"length_share": 0.3, "sd_share": [0.006, 0.018]},
    # it lies a few um deeper: structures have moved a little, which no registration can undo
    "deeper": {"length": 40.0, "sd": 2.0},
    "tear": {"width_share": [0.02, 0.04], "reach_share": 0.25},
    "missing": {"radius_share": [0.12, 0.2]},
    "damages": ("none", "tear", "missing"),
    "landmarks": {"count": 24, "apart_share": 0.06},
    "dab": (0.27, 0.57, 0.78),
    "dab_density": 0.7,
    # the counterstain of an IHC slide is pale, but stroma shows: haze of both dyes over all tissue
    "counterstain": 0.75,
    "haze": (0.05, 0.06),
    "markers": {
        "ki67": {
            "nuclei": {"stroma": 0.02, "lymphocyte": 0.15, "epithelium": 0.10, "carcinoma": 0.55},
            "ground": {"epithelium": 0.0, "carcinoma": 0.0},
        },
        "keratin": {
            "nuclei": {"stroma": 0.0, "lymphocyte": 0.0, "epithelium": 0.0, "carcinoma": 0.0},
            "ground": {"epithelium": 0.45, "carcinoma": 0.60},
        },
    },
}
