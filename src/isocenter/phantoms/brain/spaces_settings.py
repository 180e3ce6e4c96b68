"""Every range and constant the perivascular space phantom draws from.

Not: no code. A change here changes the phantom's hash, and restarts every comparison made on it.

Means and spread of counts are a choice (many people with few, a long tail); they are not taken from a cohort. The wander of the
readers' thresholds was solved for by benchmarks/perivascular_readers.py and then settled on three cohorts (seeds 30 to 32), so
that two readers agree as the published ones did: inter-observer ICC 0.75 midbrain, 0.82 hippocampi, 0.62 basal ganglia, 0.80
centrum semiovale (Dubost et al., NeuroImage 2019; 185:534-544).
"""

from typing import Any

from isocenter.phantoms.brain.settings import BRAIN, MATERIALS


def _region(shape: list[int], voxel_mm: list[float], center_mm: list[float], **numbers: Any) -> dict[str, Any]:
    """A crop (samples, mm, place in the head) and what is drawn in it."""
    return {"shape": shape, "voxel_mm": voxel_mm, "center_mm": center_mm, **numbers}


def _scanner(**numbers: Any) -> dict[str, Any]:
    return {"curve": 1.0, **numbers}


PERIVASCULAR: dict[str, Any] = {
    **{name: BRAIN[name] for name in (
        "hull_mm", "hull_power", "hull_wobble", "fold_mm", "fold_warp_mm", "sulcus_depth_mm", "gap_mm", "gap_per_year", "cortex_mm",
        "cortex_per_year", "ventricle", "ventricle_per_year", "ventricle_spread", "bias", "bias_mm", "inversion", "echo_t1_ms",
        "echo_dwi_ms", "b_s_per_mm2", "uptake_per_s", "restricted_diffusion",
    )},
    "materials": MATERIALS,
    "age_years": [45.0, 90.0],
    "finer": {"test": 1, "benchmark": 2},
    "turn_deg": 5.0,
    "shift_mm": 1.5,
    "grain": 0.04,
    "regions": {
        "midbrain": _region([44, 40, 12], [1.0, 1.0, 1.5], [0.0, -20.0, -22.0], mean=2.6, length_mm=[2.0, 5.0], thin=2.0),
        "hippocampi": _region([60, 36, 12], [1.25, 1.25, 1.75], [0.0, -14.0, -15.0], mean=3.4, length_mm=[1.5, 4.0], thin=2.0),
        "basal_ganglia": _region([44, 56, 12], [1.0, 1.0, 2.0], [25.0, 5.0, 4.0], mean=4.0, length_mm=[4.0, 11.0], thin=5.0),
        "centrum_semiovale": _region([48, 64, 12], [1.25, 1.25, 2.0], [30.0, -4.0, 36], mean=5.0, length_mm=[4.0, 13.0], thin=8.0),
    },
    # spaces
    "dispersion": 1.6,
    "per_year": 0.018,
    "disease_factor": 2.0,
    "share_disease": 0.35,
    "most": 30,
    "diameter_mm": [1.0, 3.0],
    "diameter_beta": [1.2, 2.8],
    "thin_diameter_mm": [0.4, 0.8],
    "apart_voxels": 2.2,
    "fluid": 0.55,
    # mimics: number when healthy, factor with disease
    "lacunes": 0.35,
    "white_lesions": 0.8,
    "mimic_factor": 2.5,
    "lacune_mm": [3.2, 6.0],
    "white_lesion_mm": [4.0, 9.0],
    # acquisition; t2 = [TR, TE] ms
    "snr_spread": 0.15,
    "top_over_white": 3.0,
    "scanners": {
        "plain": _scanner(tesla=1.5, t2=[5000.0, 95.0], snr=16.0, psf=0.55, slice=2.0, correlation=0.3),
        "sharp": _scanner(tesla=3.0, t2=[5000.0, 90.0], snr=22.0, psf=0.45, slice=1.5, correlation=0.0),
        "quick": _scanner(tesla=3.0, t2=[4500.0, 98.0], snr=12.0, psf=0.60, slice=2.0, correlation=0.5),
        "old": _scanner(tesla=1.5, t2=[4500.0, 100.0], snr=11.0, psf=0.75, slice=2.6, correlation=0.45, curve=0.92),
        "thick": _scanner(tesla=3.0, t2=[4700.0, 95.0], snr=15.0, psf=0.60, slice=3.2, correlation=0.4, curve=1.06),
    },
    "held_scanner": "thick",
    # readers: a lesion is written down when it looks thicker than the reader's threshold of the day
    "readers": {
        "half_seen_mm": 0.95,
        "unsure_mm": 0.12,
        "false_rate": 0.08,
        "of_the_day": 0.8,
        "wander_mm": {
            "count": {"midbrain": 0.98, "hippocampi": 0.55, "basal_ganglia": 1.68, "centrum_semiovale": 0.82},
            "slice_count": {"midbrain": 0.96, "hippocampi": 0.49, "basal_ganglia": 1.65, "centrum_semiovale": 0.78},
        },
    },
    "raters": {
        "first": {"person": 1, "reading": 1, "bias_mm": 0.0, "factor": 0.35},
        "first_again": {"person": 1, "reading": 2, "bias_mm": 0.0, "factor": 0.35},
        "second": {"person": 2, "reading": 1, "bias_mm": 0.08, "factor": 1.0},
    },
    "border": {"bias": 0.0, "spread": 0.012, "smooth": 0.06, "half_seen": 0.0, "slope": 1.0, "false_rate": 0.0},
}  # fmt: skip
