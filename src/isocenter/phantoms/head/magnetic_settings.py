"""Every range and constant the MR–CT head phantom draws from: those of the CT, and what an MR scanner makes of the same tissues.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Relaxation times at 1.5 T and 3 T: brain as in brain/settings.py; fat, marrow and muscle after de Bazelaire et al., Radiology 2004;
230:652-659, rounded; cortical bone and dura as nearly nothing is left of them at these echo times.
"""

from typing import Any

from isocenter.phantoms.brain.settings import BRAIN, MATERIALS
from isocenter.phantoms.head.settings import HEAD

LEFT_OUT = (
    "share_calcium",
    "calcium_hu",
    "calcium_mm",
    "compartments",
    "share_second",
    "volume_ml",
    "blood_hu",
    "edema_hu",
    "edema_mm",
)
"""Of the CT phantom: blood and calcium are not drawn here."""

HEAD_MR_CT: dict[str, Any] = {
    **{name: value for name, value in HEAD.items() if name not in LEFT_OUT},
    "shape": {"test": [56, 64, 8], "benchmark": [112, 128, 24]},
    "field_mm": [196.0, 230.0, 64.0],
    # disease: 1 tumor, told from white matter by MR and hardly by CT
    "tumor_place_mm": {"x": [18.0, 40.0], "y": [-42.0, 42.0], "z": [-6.0, 22.0]},
    "tumor_radius_mm": [6.0, 13.0],
    "tumor_hu": [30.0, 42.0],
    # magnetic resonance
    "materials": {
        **{name: MATERIALS[name] for name in ("white", "gray", "csf", "core")},
        "fat": {"t1_ms": [340.0, 380.0], "t2_ms": [58.0, 68.0], "density": [0.9, 0.9], "diffusion": [0.05, 0.05]},
        "marrow": {"t1_ms": [550.0, 590.0], "t2_ms": [49.0, 49.0], "density": [0.55, 0.55], "diffusion": [0.2, 0.2]},
        "muscle": {"t1_ms": [860.0, 900.0], "t2_ms": [35.0, 33.0], "density": [0.8, 0.8], "diffusion": [1.4, 1.4]},
        "dura": {"t1_ms": [900.0, 1000.0], "t2_ms": [20.0, 20.0], "density": [0.3, 0.3], "diffusion": [0.5, 0.5]},
        "cortical_bone": {"t1_ms": [200.0, 250.0], "t2_ms": [0.5, 0.4], "density": [0.15, 0.15], "diffusion": [0.2, 0.2]},
    },
    "machines": BRAIN["scanners"],
    "held_machine": BRAIN["held_scanner"],
    "inversion": BRAIN["inversion"],
    "echo_t1_ms": BRAIN["echo_t1_ms"],
    "echo_dwi_ms": BRAIN["echo_dwi_ms"],
    "b_s_per_mm2": BRAIN["b_s_per_mm2"],
    "bias": BRAIN["bias"],
    "bias_mm": BRAIN["bias_mm"],
    "snr_spread": BRAIN["snr_spread"],
    "top_over_white": {"t1": 2.2, "t2": 3.6},
}
