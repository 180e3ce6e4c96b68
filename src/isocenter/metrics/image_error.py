"""How far an image is from the true one.

In:   an ImagePair.
Out:  mean absolute error (unit of the image), PSNR (dB), SSIM ([-1, 1]).
Not:  no perception, no diagnosis: a small error may hide what matters.
Reference: Wang et al., IEEE Trans Image Process 2004; 13:600 (SSIM).
"""

import math

import numpy as np
from skimage.metrics import structural_similarity

from isocenter.metrics.image_pair import ImagePair

_WINDOW = 7


def mean_absolute_error(pair: ImagePair) -> float:
    """Return the mean of |answer - truth| where it counts; NaN without samples."""
    return float(np.abs(pair.gaps).mean()) if pair.gaps.size else math.nan


def peak_signal_to_noise(pair: ImagePair) -> float:
    """Return 10 log10(span^2 / mean squared error) in dB; the peak is the truth's own span. Infinite for equal images.

    NaN without samples, or when the truth is constant.
    """
    if not pair.gaps.size or not pair.span > 0:
        return math.nan
    squared = float((pair.gaps**2).mean())
    return math.inf if squared == 0 else 10.0 * math.log10(pair.span**2 / squared)


def structural_similarity_index(pair: ImagePair) -> float:
    """Return the mean SSIM over the samples that count and over channels (and times), windows of 7 samples.

    An axis of one sample is no axis: a volume of one slice is a picture. NaN when the truth is constant, the image is smaller
    than a window, or nothing counts.
    """
    space = [n for n in pair.truth.shape[1:] if n > 1]
    if not pair.inside.any() or not pair.span > 0 or min(space, default=0) < _WINDOW:
        return math.nan
    truth, answer = np.where(pair.inside, pair.truth, 0.0), np.where(pair.inside, pair.answer, 0.0)
    maps = []
    for t, a, m in zip(truth, answer, pair.inside, strict=True):
        _, similarity = structural_similarity(  # type: ignore[no-untyped-call]
            t.squeeze(), a.squeeze(), data_range=pair.span, win_size=_WINDOW, full=True
        )
        maps.append(similarity[m.squeeze()])
    return float(np.concatenate(maps).mean())
