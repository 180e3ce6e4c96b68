"""Rules: which frame a set of images is learned in.

In:   the fingerprint; choices in the making.
Out:  FrameSettings; the choices with the frame in them.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.errors import StudyError
from isocenter.core.grid import World
from isocenter.core.plan import Setting
from isocenter.methods._choices import Choices
from isocenter.methods._frame import FrameSettings
from isocenter.methods._shown import check_images

SIDES = (32, 64)
OF_FRAME = ("channels", "low", "high", "spacing", "world", "unit", "eight_bits")
LARGE = 256
"""From this many samples on a picture is worth the larger side."""
WORLDS: Mapping[str, World] = {"mm": "plane_mm", "um": "slide_um"}


def frame_of(fingerprint: Mapping[str, Any], side: int | None = None) -> FrameSettings:
    """Return the frame of the learning images.

    side : samples along both axes; None = 32, or 64 for pictures of 256 samples and more

    StudyError for images that are no pictures of two axes.
    """
    check_images(fingerprint)
    if int(fingerprint["dims"]) != 2:
        raise StudyError(f"expected pictures of two axes, got images of {fingerprint['dims']}. Export slices as pictures.")
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


def put_frame(chosen: Choices[Any], fingerprint: Mapping[str, Any], *, side: int | None = None) -> None:
    """Choose size and scale of the images. side: as in `frame_of`, where the user sets none."""
    asked = chosen.config().side if chosen.user_set("side") else side
    frame = frame_of(fingerprint, asked)
    median = np.median(np.asarray(fingerprint["shapes"], float), axis=0)
    shown = " × ".join(str(round(float(n))) for n in median)
    chosen.rule("side", frame.side, f"the median picture has {shown} samples; larger ones take hours on a processor")
    for name in OF_FRAME:
        why = "0.5 and 99.5 percentile of the learning images" if name in ("low", "high") else "of the learning images"
        chosen.put(Setting(name=name, value=getattr(frame, name), origin="rule", reason=why))
