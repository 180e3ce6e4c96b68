"""Rules: which frame a set of images is learned in.

In:   the fingerprint.
Out:  FrameSettings.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.errors import StudyError
from isocenter.core.grid import World
from isocenter.methods.generation._frame import FrameSettings

SIDES = (32, 64)
LARGE = 256
"""From this many samples on a picture is worth the larger side."""
WORLDS: Mapping[str, World] = {"mm": "plane_mm", "um": "slide_um"}


def frame_of(fingerprint: Mapping[str, Any], side: int | None = None) -> FrameSettings:
    """Return the frame of the learning images.

    side : samples along both axes; None = 32, or 64 for pictures of 256 samples and more

    StudyError for images that are no pictures of two axes.
    """
    if not fingerprint.get("shapes"):
        raise StudyError("expected learning cases with images, got none. Look at: isocenter check STUDY")
    if int(fingerprint["dims"]) != 2:
        raise StudyError(
            f"expected pictures of two axes to generate, got images of {fingerprint['dims']}. Export slices as pictures."
        )
    name, made = next(iter(fingerprint["inputs"].items()))
    shapes = np.asarray(fingerprint["shapes"], float)
    extent = np.median(shapes * np.asarray(fingerprint["spacings"], float), axis=0)
    side = side or SIDES[int(np.median(shapes) >= LARGE)]
    seen = fingerprint["intensity"].get(name, {})
    low, high = float(seen.get("p005", math.nan)), float(seen.get("p995", math.nan))
    world = WORLDS.get(str(fingerprint["unit"]), "px")
    return FrameSettings(
        side=side,
        channels=3 if int(made["channels"]) == 3 else 1,
        low=low if math.isfinite(low) else 0.0,
        high=high if math.isfinite(high) and high > low else 255.0,
        spacing=tuple(round(float(e) / side, 6) for e in extent),
        world=world,
        unit=str(made["unit"]),
        eight_bits=world == "px" and made["unit"] == "1" and low >= 0 and 2 < high <= 255,
    )
