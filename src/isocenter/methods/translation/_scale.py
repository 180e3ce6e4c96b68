"""A target image on the scale it is learned on, and back.

In:   intensities and the settings' range.
Out:  [-1, 1] and beyond: nothing is clipped, so that a rare bright sample keeps its error.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.methods.translation._settings import TranslationSettings


def to_scale(samples: NDArray[np.generic], settings: TranslationSettings) -> NDArray[np.float32]:
    """Return what is learned of intensities; NaN and infinities become the least."""
    span = settings.target_high - settings.target_low
    scaled = (np.asarray(samples, np.float32) - settings.target_low) * (2.0 / span) - 1.0
    return np.asarray(np.where(np.isfinite(scaled), scaled, -1.0), np.float32)


def from_scale(scaled: NDArray[np.floating], settings: TranslationSettings) -> NDArray[np.generic]:
    """Return intensities in the target's kind of numbers: whole ones rounded, and held to what their kind can hold."""
    samples = (np.asarray(scaled, np.float32) + 1.0) * ((settings.target_high - settings.target_low) / 2.0) + settings.target_low
    return of_kind(samples, settings.target_dtype)


def of_kind(samples: NDArray[np.floating], dtype: str) -> NDArray[np.generic]:
    """Return samples as a kind of numbers: whole ones rounded, and held to what their kind can hold; others as float32."""
    kind = np.dtype(dtype)
    if kind.kind not in "iu":
        return np.asarray(samples, np.float32)
    limits = np.iinfo(kind)
    whole: NDArray[np.generic] = np.clip(np.rint(samples), limits.min, limits.max).astype(kind)
    return whole
