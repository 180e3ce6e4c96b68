"""Thumbnails: each image at 16 × 16 (× 8) samples, by area.

In:   images.
Out:  a block an input: the samples of the thumbnail, to mean 0 and SD 1, or in 1000 HU where the image is calibrated.
Not:  nothing smaller than a sixteenth of the field of view is seen, so what this can tell a lesion seldom explains.
"""

from typing import ClassVar

import numpy as np

from isocenter.core.case import Case
from isocenter.core.study import Target
from isocenter.methods._tabular.features import Extractor, Features, mean_features
from isocenter.methods._tabular.images import area_mean, stills_of

_SHAPE = (16, 16, 8)


class Thumbnail(Extractor):
    """The gross picture."""

    wants: ClassVar[str] = "an image"

    def __call__(self, case: Case, target: Target) -> Features:
        """Return the thumbnails; of a bag their mean."""
        del target
        parts = []
        for still in stills_of(case, self.inputs):
            small = area_mean(still.samples, _SHAPE[: still.samples.ndim - 1])
            small = small / 1000.0 if still.unit == "HU" else (small - small.mean()) / max(float(small.std()), 1e-6)
            parts.append(Features(blocks={still.name: np.ravel(small)}, words={}))
        return mean_features(parts)
