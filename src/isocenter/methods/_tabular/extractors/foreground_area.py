"""Foreground area: the share of an image on either side of Otsu's threshold.

In:   images; where the label speaks of a region or a slice, that alone.
Out:  a block an input: the share of samples above the threshold, over the mean of the channels; NaN where there is no sample.
Not:  no objects, no splitting: what a count by area misses, a counter has to find.

Reference: Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.study import Target
from isocenter.imaging.otsu import otsu_foreground
from isocenter.methods._tabular.features import Extractor, Features, mean_features
from isocenter.methods._tabular.images import stills_of


class ForegroundArea(Extractor):
    """How much of the field is filled."""

    wants: ClassVar[str] = "an image"

    def key(self, target: Target) -> str:
        """Return where the label speaks."""
        return target.scope

    def __call__(self, case: Case, target: Target) -> Features:
        """Return the shares; of a bag their mean."""
        parts = []
        for still in stills_of(case, self.inputs, target):
            gray = still.samples.mean(axis=0)
            values = gray[still.where] if still.where is not None else gray.reshape(-1)
            parts.append(Features(blocks={still.name: np.array([bright_share(values)])}, words={}))
        return mean_features(parts)


def bright_share(values: NDArray[np.floating]) -> float:
    """Return the share of values (N,) above Otsu's threshold; 0 where all are equal, NaN for no value."""
    return float(otsu_foreground(values).mean()) if values.size else float("nan")
