"""Intensities to display values in [0, 1].

In:   an image. Out: what range of it is shown, and the samples in that range; RGB as it is.
Not:  no normalization for learning.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.image import Image

_HU_WINDOWS = {"lung": (-1350.0, 150.0), "soft tissue": (-160.0, 240.0)}
"""Level -600 width 1500, and level 40 width 400."""


def is_color(image: Image) -> bool:
    """Tell whether an image is a color picture: three channels named r, g, b, or three of 8 bits without names of their own."""
    names = tuple(name.lower() for name in image.channels)
    return names in (("r", "g", "b"), ("red", "green", "blue")) or (names == ("0", "1", "2") and image.array().dtype == np.uint8)


def color(samples: NDArray[np.generic]) -> NDArray[np.floating]:
    """Return color samples in [0, 1]: 8 and 16 bit by their full range, anything larger than 1 by its largest value."""
    values = np.asarray(samples, np.float32)
    if samples.dtype.kind in "iu":
        values = values / float(2 ** (8 * samples.dtype.itemsize - (samples.dtype.kind == "i")) - 1)
    elif values.size and np.nanmax(values) > 1.0:
        values = values / np.nanmax(values)
    shown: NDArray[np.floating] = np.clip(np.nan_to_num(values), 0.0, 1.0)
    return shown


def window_of(image: Image, samples: NDArray[np.generic]) -> tuple[float, float]:
    """Return the range shown: a named CT window for HU, else the 1st to 99.5th percentile of what is not empty.

    samples : (*S) one channel. An image without spread is shown from its value to its value + 1.
    """
    values = np.asarray(samples, np.float32)
    values = values[np.isfinite(values)]
    if values.size == 0:
        return 0.0, 1.0
    if image.unit == "HU":
        lung = float(np.mean((values > -950) & (values < -500)))  # the air around the patient is -1000
        return _HU_WINDOWS["lung" if lung > 0.08 else "soft tissue"]
    background = values.min()
    inside = values[values > background]
    low, high = np.percentile(inside if inside.size > 100 else values, (1.0, 99.5))
    if float(np.mean(values == background)) > 0.1:
        low = background
    return (float(low), float(high)) if high > low else (float(low), float(low) + 1.0)


def gray(samples: NDArray[np.generic], window: tuple[float, float]) -> NDArray[np.floating]:
    """Return one channel in [0, 1] within a window; NaN is shown black."""
    low, high = window
    shown: NDArray[np.floating] = np.clip((np.nan_to_num(np.asarray(samples, np.float32), nan=low) - low) / (high - low), 0.0, 1.0)
    return shown
