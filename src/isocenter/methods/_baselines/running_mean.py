"""The mean of arrays of different sizes, laid over one another by relative coordinates.

In:   arrays (C, *S), each stretched to one shape over its whole extent.
Out:  their mean.
Not:  no registration: it assumes that the field of view shows about the same thing everywhere.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.imaging.resample import zoom_to


class RunningMean:
    """Adds arrays one at a time; memory is that of one."""

    def __init__(self, channels: int, shape: Sequence[int]) -> None:
        self._sum = np.zeros((channels, *shape))
        self._count = np.zeros((1, *shape))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape all are stretched to, (*S)."""
        return self._count.shape[1:]

    def add(self, array: NDArray[Any], where: NDArray[np.bool_] | None = None) -> None:
        """Add one array (C, *S); where: (*S), the samples that count (None = all)."""
        near = zoom_to(array.astype(np.float32), self.shape, order=1)
        weight: NDArray[Any] = (
            np.ones((1, *self.shape)) if where is None else zoom_to(where[None].astype(np.float32), self.shape, order=0)
        )
        self._sum += near * weight
        self._count += weight

    @property
    def mean(self) -> NDArray[np.float32]:
        """The mean (C, *S); 0 where nothing was ever added."""
        mean: NDArray[np.float32] = (self._sum / np.maximum(self._count, 1e-6)).astype(np.float32)
        return mean


def atlas_shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the samples per axis a mean is kept at: those of `shape`, but at most 128 in 2-D and 64 in 3-D."""
    most = 128 if len(shape) == 2 else 64
    return tuple(max(1, min(int(n), most)) for n in shape)
