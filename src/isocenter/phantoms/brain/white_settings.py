"""Every range and constant the white-matter-lesion phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Relaxation times of the two kinds of lesion are not measured values: they were solved for, so that against white matter a plaque
shows about 0.72 in T1, 1.70 in T2, 1.45 in FLAIR, and a spot 0.92, 1.40, 1.35, on every scanner; the three contrasts of one patient
of ms_lesions_ljubljana (0.65 to 0.93, 1.2 to 1.9, 1.3 to 1.5) are the model. Sizes and numbers follow that patient too (37 parts of
1 to 210 mm3) and run beyond: one patient says nothing about a cohort.
"""

from typing import Any

from isocenter.phantoms.brain.settings import BRAIN, MATERIALS

WHITE: dict[str, Any] = {
    **{name: BRAIN[name] for name in (
        "finer", "field_mm", "hull_mm", "hull_power", "hull_wobble", "fold_mm", "sulcus_depth_mm", "fold_warp_mm", "gap_mm",
        "gap_per_year", "cortex_mm", "cortex_per_year", "ventricle", "ventricle_per_year", "ventricle_spread", "turn_deg",
        "shift_mm", "grain", "inversion", "echo_t1_ms", "echo_dwi_ms", "b_s_per_mm2", "uptake_per_s", "restricted_diffusion",
        "bias", "bias_mm", "top_over_white", "snr_spread", "blur_dwi", "scanners", "held_scanner",
    )},
    "size": {"test": 96, "benchmark": 144},
    "slices": {"test": 12, "benchmark": 32},
    "slice_mm": {"test": 3.0, "benchmark": 2.0},
    "volume_bottom_mm": 0.0,
    "age_years": [20.0, 75.0],
    "materials": {
        **MATERIALS,
        "plaque": {"t1_ms": [1102.0, 1292.0], "t2_ms": [105.3, 108.5], "density": [0.83, 0.78], "diffusion": [1.10, 1.10]},
        "wml": {"t1_ms": [822.0, 1013.0], "t2_ms": [94.8, 92.5], "density": [0.75, 0.73], "diffusion": [0.90, 0.90]},
    },
    # disease: lesions of a patient, and of a healthy person by age
    "share_disease": 0.85,
    "lesions": 28.0,
    "dispersion": 2.0,
    "most": 70,
    "healthy_at_60": 2.0,
    "healthy_doubling_years": 12.0,
    "diameter_mm": [2.6, 16.0],
    "diameter_median_mm": 4.0,
    "diameter_spread": 0.42,
    "healthy_mm": [2.6, 5.0],
    "near_share": 0.45,
    "lesion_wobble": 0.28,
    "plaque_from_mm": 4.0,
    "plaque_slope": 1.0,
    # what is no lesion: fluid-filled lacunes, bright in T2 alone
    "lacunes": 2.0,
    "lacune_mm": [2.6, 6.0],
    # a spot that fills half of no sample is the sample it fills most, if it fills this much of it
    "least_share": 0.2,
    "raters": {
        "first": {"bias": 0.0, "spread": 0.004, "smooth": 0.05, "half_seen": 2.8, "slope": 2.0, "false_rate": 0.02},
        "second": {"bias": 0.002, "spread": 0.006, "smooth": 0.06, "half_seen": 3.6, "slope": 1.5, "false_rate": 0.04},
    },
}  # fmt: skip
