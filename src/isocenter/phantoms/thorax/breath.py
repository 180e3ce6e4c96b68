"""Spirometry, loosely coupled to emphysema: FEV1 as % of predicted, and FEV1 over FVC.

In:   extent of emphysema in [0, 1], parameters, a generator.
Out:  two numbers.
Not:  no model of airflow. Extent acts through its square root; narrow airways, which this phantom does not draw, act beside it.

With the default parameters extent explains about half of the variance, no more: what a scan cannot show must stay unknown.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record


class Breath(Record):
    """What a spirometer prints."""

    fev1_percent: float
    """Percent of the predicted."""
    ratio: float
    """FEV1 / FVC, in [0, 1]; below 0.70 is obstruction."""


def draw_breath(p: Mapping[str, Any], extent: float, rng: np.random.Generator) -> Breath:
    """Draw both; the generator belongs to the disease."""
    person, airways, other = rng.standard_normal(), abs(float(rng.standard_normal())), rng.standard_normal()
    root = float(np.sqrt(extent))
    fev1 = p["fev1_healthy"][0] + p["fev1_healthy"][1] * person - p["fev1_per_root_extent"] * root - p["fev1_airways"] * airways
    ratio = p["ratio_healthy"][0] + p["ratio_healthy"][1] * other - p["ratio_per_root_extent"] * root - p["ratio_airways"] * airways
    return Breath(fev1_percent=float(np.clip(fev1, 15, 140)), ratio=float(np.clip(ratio, 0.2, 0.95)))
