"""Every range and constant the nodule phantom draws from, beside those of the chest it lies in.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Sizes and densities: 3-30 mm, solid or ground glass, some at the pleura and some at a vessel (MacMahon et al., Guidelines of the
Fleischner Society, Radiology 2017; 284:228-243). Small ones are the most frequent: diameters are log-uniform.
"""

from typing import Any

from isocenter.phantoms.thorax.settings import THORAX

_CHEST = (
    "shape", "field_mm", "finer", "age_years", "size", "fat_mm", "bone_loss_per_year", "density_hu", "gravity_hu", "inspiration",
    "grain_hu", "mosaic_hu", "air_hu", "turn_deg", "shift_mm", "zoom", "soft_hu", "blood_hu", "fat_hu", "spongy_hu", "compact_hu",
    "artery_mm", "airway_mm", "shrink", "longer", "generations", "airway_generations", "hole_hu", "scanners", "held_scanner",
    "noise_spread", "drift_hu",
)  # fmt: skip

NODULES: dict[str, Any] = {
    **{name: THORAX[name] for name in _CHEST},
    "share_disease": 0.75,
    "more": 0.9,
    "most": 6,
    "diameter_mm": {"test": [10.0, 28.0], "benchmark": [4.0, 28.0]},
    "share_ground_glass": 0.25,
    "solid_hu": [10.0, 60.0],
    "ground_glass_hu": [-680.0, -480.0],
    "places": {"free": 0.5, "pleural": 0.25, "vascular": 0.25},
    "oblong": 0.18,
    "lobes": 0.16,
    "apart_mm": 6.0,
    "raters": {
        "first": {"bias": 0.002, "spread": 0.006, "smooth": 0.05, "half_seen": 5.0, "slope": 0.9, "false_rate": 0.05},
        "second": {"bias": 0.005, "spread": 0.009, "smooth": 0.06, "half_seen": 7.0, "slope": 0.7, "false_rate": 0.1},
    },
}
