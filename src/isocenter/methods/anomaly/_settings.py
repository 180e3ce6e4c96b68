"""What every anomaly method must be told: the frame images are seen in, and how a map becomes a score.

Out:  DetectorSettings; the side that suits a set of pictures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from isocenter.core.errors import SettingError
from isocenter.methods._frame import FrameSettings

LEAST, MOST = 16, 128
"""Sides between which pictures are brought to a power of two."""


@dataclass(frozen=True, kw_only=True)
class DetectorSettings(FrameSettings):
    """Fields are settings of the plan."""

    side: int = 64
    """Samples along both axes of what is looked at."""
    smooth: float = 1.0
    """Standard deviation of the Gaussian a map is smoothed by, in samples."""
    top_share: float = 0.02
    """Share of a map, its highest part, whose mean is the score of the image."""

    def __post_init__(self) -> None:
        """Refuse what cannot work. SettingError."""
        if self.side < 8 or self.side & (self.side - 1):
            raise SettingError(f"expected side to be a power of two of 8 or more, got {self.side}. Try 64.")
        if not 0 < self.top_share <= 1 or self.smooth < 0:
            raise SettingError(f"expected top_share in (0, 1] and smooth of 0 or more, got {self.top_share} and {self.smooth}.")


def side_of(fingerprint: Mapping[str, Any]) -> int:
    """Return the largest power of two that the median picture fills, from 16 to 128."""
    shapes = fingerprint.get("shapes") or [[LEAST]]
    samples = float(np.median(np.asarray(shapes, float)))
    return int(np.clip(2 ** int(np.log2(max(samples, 1))), LEAST, MOST))
