"""Every range and constant the stroke perfusion phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Flow and volume of blood of gray and white matter are textbook values, rounded (gray 60, white 22 mL/100 g/min; 4 and 2 mL/100 g);
delays, the flow left in them and where tissue dies are a choice, with the customary cuts of 6 s (hypoperfused) and 30 % of normal
flow (core) inside their range. They are not taken from a cohort.
"""

from typing import Any

from isocenter.phantoms.brain.settings import BRAIN

PERFUSION: dict[str, Any] = {
    **{name: BRAIN[name] for name in (
        "finer", "field_mm", "hull_mm", "hull_power", "hull_wobble", "fold_mm", "sulcus_depth_mm", "fold_warp_mm", "gap_mm",
        "gap_per_year", "cortex_mm", "cortex_per_year", "ventricle", "ventricle_per_year", "ventricle_spread", "turn_deg",
        "shift_mm", "grain", "materials", "inversion", "echo_t1_ms", "echo_dwi_ms", "b_s_per_mm2", "uptake_per_s",
        "restricted_diffusion", "bias", "bias_mm", "top_over_white", "snr_spread", "blur_dwi", "scanners", "held_scanner",
    )},
    "size": {"test": 48, "benchmark": 96},
    "slices": {"test": 6, "benchmark": 14},
    "slice_mm": {"test": 8.0, "benchmark": 5.0},
    "volume_bottom_mm": -2.0,
    "age_years": [45.0, 90.0],
    # blood
    "flow": {"gray": 60.0, "deep": 55.0, "white": 22.0, "csf": 0.0},
    "volume": {"gray": 4.0, "deep": 3.6, "white": 2.0, "csf": 0.0},
    "patchy": 0.12,
    "patchy_mm": [15.0, 40.0],
    # occlusion: territory of a middle cerebral artery, in the head (mm)
    "share_disease": 0.8,
    "territory_mm": [44.0, 0.0, 18.0],
    "territory_half_mm": [34.0, 46.0, 40.0],
    "size_factor": [0.55, 1.0],
    "wander_mm": 5.0,
    "delay_s": [5.0, 12.0],
    "ramp_mm": 16.0,
    "flow_at_delay_s": 9.0,
    "core_flow": 0.3,
    "share_reperfused": 0.5,
    "lost_delay_s": 7.0,
    "hypoperfused_s": 6.0,
    "background_delay_s": [0.3, 1.5],
    # what happened long ago: old lacunes
    "lacunes": 1.5,
    "lacune_mm": [3.0, 8.0],
    "lesion_wobble": 0.2,
    # bolus: gamma variate (s), frames (s) after its start, strength of the effect on T2*
    "bolus_rise": 3.0,
    "bolus_fall_s": 1.5,
    "bolus_start_s": [4.0, 6.0],
    "frames_s": [5.0, 9.0, 12.0, 15.0, 19.0, 24.0, 30.0],
    "effect": 0.32,
    "raters": {
        "first": {"bias": 0.0, "spread": 0.01, "smooth": 0.08, "half_seen": 0.0, "slope": 1.0, "false_rate": 0.0},
        "second": {"bias": 0.008, "spread": 0.015, "smooth": 0.08, "half_seen": 0.0, "slope": 1.0, "false_rate": 0.0},
    },
}  # fmt: skip
