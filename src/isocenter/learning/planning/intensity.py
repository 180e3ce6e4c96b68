"""Rule: how intensities are brought to one scale.

In:   unit of the input and the foreground statistics of the learning cases.
Out:  scheme and its numbers, with the reason.

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (nnU-Net): CT is quantitative, so it is clipped to the foreground's 0.5th
and 99.5th percentile and scaled by the data set's numbers; everything else is scaled image by image.
"""

from collections.abc import Mapping
from typing import Any

from isocenter.core.image import LABELS
from isocenter.core.plan import Setting


def choose_intensity(unit: str, statistics: Mapping[str, Any], *, amounts: bool = False) -> tuple[Setting, ...]:
    """Return the settings `scheme`, and for CT `low`, `high`, `mean`, `deviation`.

    amounts : how much of something an image holds is what is learned, which scaling it by its own numbers would hide
    """
    if amounts and unit not in ("HU", LABELS) and statistics:
        why = "a count is learned, and scaled by its own numbers a picture of many objects looks like one of few"
        return _by_the_data(statistics, why)
    if unit == LABELS:
        return (Setting(name="scheme", value="none", origin="rule", reason="the inputs are labels, which have no intensities"),)
    if unit != "HU":
        return (
            Setting(
                name="scheme",
                value="zscore",
                origin="rule",
                reason=f"the numbers are in unit {unit}, not Hounsfield units, so each image is scaled by its own numbers",
            ),
        )
    low, high = float(statistics["p005"]), float(statistics["p995"])
    return _by_the_data(statistics, f"CT: the foreground's 0.5–99.5 percentiles are {low:.0f} to {high:.0f} HU")


def _by_the_data(statistics: Mapping[str, Any], why: str) -> tuple[Setting, ...]:
    """Clip and scale by the learning cases' numbers."""
    low, high = float(statistics["p005"]), float(statistics["p995"])
    return (
        Setting(name="scheme", value="ct", origin="rule", reason=why),
        Setting(name="low", value=low, origin="rule", reason="0.5th percentile of the foreground"),
        Setting(name="high", value=high, origin="rule", reason="99.5th percentile of the foreground"),
        Setting(name="mean", value=float(statistics["mean"]), origin="rule", reason="mean of the foreground"),
        Setting(name="deviation", value=float(statistics["std"]), origin="rule", reason="standard deviation of the foreground"),
    )
