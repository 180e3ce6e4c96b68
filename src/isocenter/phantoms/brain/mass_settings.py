"""Every range and constant the brain mass phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Contrast, texture and shift of the masses are a choice, made by looking at pictures of 64 and 144 samples before any method was
tried; they are not taken from a cohort.
"""

from typing import Any

from isocenter.phantoms.brain.settings import BRAIN

MASS: dict[str, Any] = {
    **{name: BRAIN[name] for name in (
        "size", "finer", "slices", "slice_mm", "slab_mm", "slab_planes", "field_mm", "level_mm", "volume_bottom_mm",
        "hull_mm", "hull_power", "hull_wobble", "fold_mm", "sulcus_depth_mm", "fold_warp_mm", "gap_mm", "gap_per_year", "cortex_mm",
        "cortex_per_year", "ventricle", "ventricle_per_year", "ventricle_spread", "turn_deg", "shift_mm", "grain", "lesion_wobble",
        "materials", "inversion", "echo_t1_ms", "echo_dwi_ms", "b_s_per_mm2", "uptake_per_s", "restricted_diffusion", "bias",
        "bias_mm", "top_over_white", "snr_spread", "blur_dwi", "scanners", "held_scanner", "raters",
    )},
    "age_years": [20.0, 60.0],
    "share_disease": 0.5,
    "mass_mm": [9.0, 15.0],
    "contrast": {"iso": [1.0, 1.0], "bright": [1.2, 1.35], "dark": [0.65, 0.8]},
    "texture": [0.08, 0.14],
    "texture_mm": [7.0, 14.0],
    "push": [0.3, 0.6],
    "push_reach_mm": [8.0, 16.0],
    "push_fixed_mm": 12.0,
    "shell_mm": 8.0,
}  # fmt: skip
