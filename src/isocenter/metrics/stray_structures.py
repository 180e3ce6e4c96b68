"""What stands out in an answered image and not in the true one, or the other way round.

In:   truth and answer (X, Y[, Z]) on one grid, the samples that count.
Out:  connected regions of the difference, each invented or erased.
Not:  no judgment of what a region is: a vessel, a nodule and a streak count alike; a blurred edge is none.

A region is where answer minus truth exceeds, in size, K times the truth's own noise there and what a shift of half a sample would
make, over at least LEAST samples that touch. Noise is local: the median of second differences in a window, which slopes and small
structures leave alone. The shift makes a sharper or blunter edge no structure.

A region is invented where the answer stands out from its surroundings more than the truth does, and
erased where less: bright and dark ones alike.

Reference: after the hallucination maps of Bhadra et al., IEEE Trans Med Imaging 2021; 40:3249-3260 (answer minus what was to be
           seen); noise by second differences: Immerkær, Comput Vis Image Underst 1996; 64:300-302.
Differs:   the truth is known; regions are counted, not mapped.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.metrics.image_pair import ImagePair

K = 5.0
LEAST = 9
"""Samples of a region."""
WINDOW = 9
"""Samples along an axis over which the noise is taken to be alike."""
RING = 2
"""Samples of surroundings."""
SHIFT = 0.5
"""Samples."""
FLOOR = 0.005
"""Noise is at least this share of the truth's range (2nd to 98th percentile): a phantom without noise would make a structure of
anything."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Stray(Record):
    """One region."""

    samples: int
    contrast_truth: float
    """Mean inside minus mean of the surroundings."""
    contrast_answer: float

    @property
    def invented(self) -> bool:
        """Whether the answer stands out more than the truth."""
        return abs(self.contrast_answer) > abs(self.contrast_truth)


def stray_structures(truth: Floats, answer: Floats, inside: Bools, *, k: float = K, least: int = LEAST) -> list[Stray]:
    """Return the regions of one picture or volume; none where nothing counts."""
    if not inside.any():
        return []
    gap = np.where(inside, answer - truth, 0.0)
    limit = k * local_noise(truth, inside) + SHIFT * _steepness(truth)
    found: list[Stray] = []
    for side in (gap > limit, gap < -limit):
        labels, _ = ndimage.label(side)
        for region, box in _regions(labels, least):
            ring = ndimage.binary_dilation(region, iterations=RING) & ~region & inside[box]
            if ring.any():
                contrast = [float(image[box][region].mean() - image[box][ring].mean()) for image in (truth, answer)]
                found.append(Stray(samples=int(region.sum()), contrast_truth=contrast[0], contrast_answer=contrast[1]))
    return found


def strays_of(pair: ImagePair, dimensions: int) -> list[Stray]:
    """Return the regions of every channel and time; `dimensions` of space, 2 or 3."""
    shape = pair.truth.shape  # (C, *S[, T])
    found: list[Stray] = []
    for at in np.ndindex(shape[0], *shape[1 + dimensions :]):
        here = (at[0], ..., *at[1:])
        truth, answer, inside = (np.squeeze(side[here]) for side in (pair.truth, pair.answer, pair.inside))
        found += stray_structures(truth, answer, inside)
    return found


def local_noise(truth: Floats, inside: Bools) -> Floats:
    """Return the standard deviation of the noise at every sample, (*S), from second differences along the long axes."""
    axes = [axis for axis, size in enumerate(truth.shape) if size >= WINDOW]
    known = _known(truth)
    span = float(np.subtract(*np.percentile(truth[inside], (98, 2))))
    if not axes:
        return np.full(truth.shape, FLOOR * span)
    rough = known
    for axis in axes:
        rough = ndimage.correlate1d(rough, [1.0, -2.0, 1.0], axis=axis, mode="nearest")
    size = [WINDOW if axis in axes else 1 for axis in range(truth.ndim)]
    middle = ndimage.median_filter(np.abs(rough), size, mode="nearest")
    noise = middle / 0.6745 / 6.0 ** (len(axes) / 2)  # (1, -2, 1) along an axis: 6 times the variance
    return np.asarray(np.maximum(noise, FLOOR * span), float)


def _steepness(truth: Floats) -> Floats:
    """Return the change of the truth from sample to sample, (*S), its noise smoothed away."""
    slopes = [
        np.gradient(ndimage.gaussian_filter(_known(truth), 1.0), axis=axis) for axis, size in enumerate(truth.shape) if size > 1
    ]
    return np.asarray(np.sqrt(sum(slope**2 for slope in slopes)), float)


def _known(samples: Floats) -> Floats:
    return np.where(np.isfinite(samples), samples, 0.0)


def _regions(labels: NDArray[np.intp], least: int) -> Iterator[tuple[Bools, tuple[slice, ...]]]:
    """Yield each large region as a mask in a box with room for its surroundings."""
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        wide = tuple(
            slice(max(0, side.start - RING), min(size, side.stop + RING)) for side, size in zip(box, labels.shape, strict=True)
        )
        region = np.asarray(labels[wide] == number)
        if np.count_nonzero(region) >= least:
            yield region, wide
