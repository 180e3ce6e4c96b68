"""Image statistics: how bright and how rough an image is, not where.

In:   images; where the label speaks of a region or a slice, that alone.
Out:  blocks an input: percentiles, mean, SD and histogram of intensities; gradient and Laplacian at three scales; of calibrated
      CT also the shares below -950 and -910 HU and the 15th percentile.
Not:  no shapes, no places, no patterns of texture.

Percentiles, shares and histogram are taken from the image as it is, gradient and Laplacian from the image at no more than 512
samples along a side (96 in a volume), between its own 0.5th and 99.5th percentile. NaN where the region is empty.

Reference: Lindeberg, Int J Comput Vis 1998; 30:79-116 (normalized derivatives). Gevenois et al., Am J Respir Crit Care Med 1996;
           154:187-192 (-950 HU).
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.study import Target
from isocenter.imaging.resample import zoom_to
from isocenter.imaging.scale_space import scale_space
from isocenter.methods._tabular.features import Extractor, Features, mean_features
from isocenter.methods._tabular.images import Still, area_mean, stills_of

_PERCENTILES = (0.5, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5)
_BINS = 16
_SIGMAS = (1.0, 2.0, 4.0)
_SIDE = {2: 512, 3: 96}
_HU = (-1024.0, 1024.0)


class ImageStatistics(Extractor):
    """Intensities, edges, roughness."""

    wants: ClassVar[str] = "an image"

    def key(self, target: Target) -> str:
        """Return where the label speaks."""
        return target.scope

    def __call__(self, case: Case, target: Target) -> Features:
        """Return the numbers of each input; of a bag their mean."""
        return mean_features([Features(blocks=_numbers(still), words={}) for still in stills_of(case, self.inputs, target)])


def _numbers(still: Still) -> dict[str, NDArray[np.float64]]:
    """Return the blocks of one image."""
    levels, edges = [], []
    for channel in still.samples:
        values = channel[still.where] if still.where is not None else channel.reshape(-1)
        levels.append(_levels(values, calibrated=still.unit == "HU"))
        edges.append(_edges(channel, still.where))
    blocks = {f"{still.name}/levels": np.concatenate(levels), f"{still.name}/edges": np.concatenate(edges)}
    if still.unit == "HU":
        values = still.samples[0][still.where] if still.where is not None else still.samples[0].reshape(-1)
        blocks[f"{still.name}/density"] = density(values)
    return blocks


def density(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the shares of values (N,) below -950 and -910 HU, and the 15th percentile; NaN for no value."""
    if not values.size:
        return np.full(3, np.nan)
    return np.array([(values < -950).mean(), (values < -910).mean(), np.percentile(values, 15)], float)


def _levels(values: NDArray[np.floating], *, calibrated: bool) -> NDArray[np.float64]:
    """Return percentiles, mean, SD and histogram of (N,); NaN for no value."""
    if not values.size:
        return np.full(len(_PERCENTILES) + 2 + _BINS, np.nan)
    at = np.percentile(values, _PERCENTILES)
    low, high = _HU if calibrated else (float(at[0]), max(float(at[-1]), float(at[0]) + 1e-6))
    count, _ = np.histogram(np.clip(values, low, high), _BINS, (low, high))
    return np.concatenate([at, [values.mean(dtype=float), values.std(dtype=float)], count / values.size])


def _edges(channel: NDArray[np.float32], where: NDArray[np.bool_] | None) -> NDArray[np.float64]:
    """Return per scale the mean, SD and 90th percentile of the gradient and the mean square of the Laplacian; NaN for no sample."""
    side = _SIDE[channel.ndim]
    shape = tuple(min(n, side) for n in channel.shape)
    low, high = np.percentile(channel, (0.5, 99.5))
    small = area_mean((channel[None] - low) / max(float(high - low), 1e-6), shape)[0]
    inside = None if where is None else zoom_to(where.astype(np.uint8)[None], shape, order=0)[0] > 0
    if inside is not None and not inside.any():
        return np.full(4 * len(_SIGMAS), np.nan)
    d = channel.ndim
    found = scale_space(np.clip(small, 0, 1), spacing=(1.0,) * d, sigmas=_SIGMAS)
    numbers: list[float] = []
    for index in range(len(_SIGMAS)):
        first = 1 + index * (d + 3)
        slope, bend = (a[inside] if inside is not None else a for a in (found[first + 1], found[first + 2]))
        numbers += [float(slope.mean()), float(slope.std()), float(np.percentile(slope, 90)), float((bend**2).mean())]
    return np.array(numbers)
