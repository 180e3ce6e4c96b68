"""The border: a frame of the outer few percent of an image, and nothing within.

In:   images.
Out:  a block an input: mean and SD of the frame, and its four sides in 16 samples each; a volume is averaged along its third
      axis first.
Not:  the middle is never looked at, so an answer better than chance tells of crop, letters and scanner.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import PlanError
from isocenter.core.study import Target
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.features import Extractor, Features, mean_features
from isocenter.methods._tabular.images import area_mean, stills_of

_SAMPLES = 16


@dataclass(frozen=True, kw_only=True)
class BorderConfig(TabularConfig):
    """How wide the frame is."""

    frame: float = 0.04
    """Width of the frame as a share of each side, at least one sample."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.frame < 0.5:
            raise PlanError(f"expected a frame between 0 and 0.5 of each side, got {self.frame!r}.")


class Border(Extractor):
    """The rim of the picture."""

    wants: ClassVar[str] = "an image"

    def __call__(self, case: Case, target: Target) -> Features:
        """Return the frames; of a bag their mean."""
        del target
        parts = []
        for still in stills_of(case, self.inputs):
            plane = still.samples.mean(axis=3) if still.samples.ndim == 4 else still.samples
            parts.append(Features(blocks={still.name: frame_numbers(plane, self.config.frame)}, words={}))
        return mean_features(parts)


def frame_numbers(plane: NDArray[np.float32], share: float) -> NDArray[np.float64]:
    """Return what the frame of (C, X, Y) shows, (C · 66,)."""
    wide, high = (max(1, round(share * n)) for n in plane.shape[1:])
    inside = np.zeros(plane.shape[1:], bool)
    inside[wide:-wide, high:-high] = True
    frame = plane[:, ~inside].astype(np.float64)
    sides = [
        area_mean(plane[:, :wide], (1, _SAMPLES)),
        area_mean(plane[:, -wide:], (1, _SAMPLES)),
        area_mean(plane[:, :, :high], (_SAMPLES, 1)),
        area_mean(plane[:, :, -high:], (_SAMPLES, 1)),
    ]
    return np.concatenate([frame.mean(axis=1), frame.std(axis=1), *(np.ravel(side) for side in sides)])
