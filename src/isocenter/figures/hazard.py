"""What a translation erases and invents, over the share of its learning images with a tumor.

In:   curves of both rates, an arm a line; what the detector misses and mistakes in real images.
Out:  one figure of two panels.
Not:  no training and no estimates (audits/translation.py).
"""

import math
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from isocenter.core.record import Record
from isocenter.figures.style import MUTED, color_of_class, quiet, sheet, styled

TITLES = {"erased": "Tumors erased", "invented": "Tumor-free cases with a tumor invented"}


class Curve(Record):
    """One arm: a rate at each share, with its 95 % interval (NaN, NaN where there is none)."""

    name: str
    shares: tuple[float, ...]
    values: tuple[float, ...]
    ends: tuple[tuple[float, float], ...]


@styled
def draw_hazard(curves: Mapping[str, Sequence[Curve]], *, real: Mapping[str, float], width_in: float = 7.4) -> Figure:
    """Return the curves of "erased" and "invented"; bands are intervals over patients, the dashed line real images."""
    figure = sheet(width_in, 3.3)
    panels = figure.subplots(1, len(curves), sharey=True, squeeze=False)[0]
    for axes, (what, arms) in zip(panels, curves.items(), strict=True):
        for place, curve in enumerate(arms):
            _line(axes, curve, color_of_class(place))
        axes.axhline(100 * real[what], color=MUTED, linewidth=1, linestyle=(0, (4, 3)), label="real images", zorder=1)
        axes.set(title=TITLES.get(what, what), xlabel="target images with a tumor, %", ylim=(-3, 103))
        quiet(axes, grid="y")
    panels[0].set_ylabel("% of held-out cases")
    panels[0].legend(loc="best")
    return figure


def _line(axes: object, curve: Curve, hue: str) -> None:
    points = sorted(zip(curve.shares, curve.values, curve.ends, strict=True))
    at = [100 * share for share, *_ in points]
    axes.plot(at, [100 * value for _, value, _ in points], color=hue, marker="o", markersize=3.5, label=curve.name, zorder=3)  # type: ignore[attr-defined]
    held = [(100 * share, 100 * low, 100 * high) for share, _, (low, high) in points if math.isfinite(low) and math.isfinite(high)]
    if held:
        x, low, high = zip(*held, strict=True)
        axes.fill_between(x, low, high, color=hue, alpha=0.13, linewidth=0, zorder=2)  # type: ignore[attr-defined]
