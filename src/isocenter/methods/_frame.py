"""Images of one size and scale, as generators learn and answer them.

In:   the input's images; the frame: samples, intensities, spacing.
Out:  arrays (C, H, W) in [-1, 1], and images again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import StudyError
from isocenter.core.grid import World, plain_grid
from isocenter.core.image import SYNTHETIC, Image, held_image
from isocenter.imaging.resample import average_to


@dataclass(frozen=True, kw_only=True)
class FrameSettings:
    """How an image is brought to the generator's size and scale; fields are settings of the plan."""

    side: int = 32
    """Samples along both axes of a generated image."""
    channels: int = 1
    low: float = 0.0
    """Intensity that becomes -1."""
    high: float = 255.0
    """Intensity that becomes 1."""
    spacing: tuple[float, ...] = (1.0, 1.0)
    """World units a sample of a generated image."""
    world: World = "px"
    unit: str = "1"
    eight_bits: bool = False
    """The images are pictures of whole numbers from 0 to 255."""


def framed(cases: Iterable[Case], name: str, frame: FrameSettings) -> list[NDArray[np.float32]]:
    """Return the input of each case that has it, (C, side, side). StudyError for what is no picture of two axes."""
    return [as_frame(case.inputs[name], frame, where=case.key) for case in cases if name in case.inputs]


def as_frame(value: object, frame: FrameSettings, *, where: str) -> NDArray[np.float32]:
    """Return an image in the frame, (C, side, side) in [-1, 1]."""
    if not isinstance(value, Image) or value.grid.ndim != 2 or value.grid.times_s:
        got = f"{value.grid.ndim} axes" if isinstance(value, Image) else type(value).__name__
        raise StudyError(f"case {where}: expected a picture of two axes to learn from, got {got}. Export slices as pictures.")
    samples = np.asarray(value.array(), np.float32)
    if len(samples) != frame.channels:
        samples = np.repeat(samples.mean(axis=0, keepdims=True), frame.channels, axis=0)
    scaled = (average_to(samples, (frame.side, frame.side)) - frame.low) / max(frame.high - frame.low, 1e-9) * 2.0 - 1.0
    return np.asarray(np.clip(scaled, -1.0, 1.0), np.float32)


def as_image(array: NDArray[np.floating], frame: FrameSettings) -> Image:
    """Return (C, side, side) in [-1, 1] as an image in the data's own numbers."""
    samples = (np.clip(array, -1.0, 1.0) + 1.0) / 2.0 * (frame.high - frame.low) + frame.low
    if frame.eight_bits:
        samples = np.clip(np.round(samples), 0, 255)
    grid = plain_grid((frame.side, frame.side), spacing=frame.spacing, world=frame.world)
    return held_image(samples.astype(np.uint8 if frame.eight_bits else np.float32), grid, unit=frame.unit, note=SYNTHETIC)
