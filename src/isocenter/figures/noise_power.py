"""Noise power spectra of one or more images, over one another.

In:   a curve each. Out: one figure.
Not:  no spectra (metrics/noise_power.py).
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.figures.style import INK, MUTED, color_of_class, quiet, sheet, styled


class NoiseCurve(Record):
    """One spectrum."""

    name: str
    frequency: NDArray[np.float64]
    power: NDArray[np.float64]
    given: bool = False
    """It is an image that was given, not an answer: dashed."""


@styled
def draw_noise_power(curves: Sequence[NoiseCurve], *, unit: str, length: str, width_in: float = 5.6) -> Figure:
    """Return the spectra; logarithmic in power, since a filter takes away factors.

    unit   : of the intensities, "HU"; "1" = none
    length : of the grid, "mm" or "px"
    """
    figure = sheet(width_in, 3.3)
    axes = figure.subplots()
    given = [curve for curve in curves if curve.given]
    answers = [curve for curve in curves if not curve.given]
    for curve, hue in zip(given, (INK, MUTED), strict=False):
        axes.plot(curve.frequency, curve.power, color=hue, linewidth=1.6, linestyle=(0, (4, 2)), label=curve.name)
    for place, curve in enumerate(answers):
        axes.plot(curve.frequency, curve.power, color=color_of_class(place), linewidth=1.6, label=curve.name)
    powers = np.concatenate([curve.power for curve in curves])
    if (powers > 0).any():
        axes.set_yscale("log")
    squared = f"{length}²" if unit == "1" else f"{unit}² · {length}²"
    axes.set(xlabel=f"frequency, 1/{length}", ylabel=f"noise power, {squared}", xlim=(0, None))
    quiet(axes, grid="y")
    axes.legend(loc="best")
    return figure
