"""Guard: what can be told of an image before any network looks: its channels, its spacing, the range of its numbers.

In:   images of the learning cases; an image of a new one.
Out:  Guard; the reason an image is of another kind, or "".
Not:  nothing subtle (learning/unlikeness.py): the margins are wide, so that it speaks only where something is plainly wrong.

A frame of fixed size with intensities brought to one scale hides these: a photograph becomes gray, micrometres become samples, a
film of 16 bits looks like one of 8. So they are asked of the image itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from isocenter.core.image import Image

SPACING = 2.0
"""Times the largest spacing seen, or this part of the smallest, that are still believed."""
BEYOND = 0.5
"""Of the range of intensities seen, that an image may lie outside of it."""
FLAT = 0.1
"""Of the least contrast seen, below which an image shows nothing."""
COUNTED = 100_000
"""Samples of an image that percentiles are taken of, evenly spread."""
GRAY = 0.02
"""Of the contrast, by which channels of a gray image saved as a colored one differ."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One input of the learning cases."""

    channels: tuple[int, ...]
    world: tuple[str, ...]
    """What their samples are measured in: mm, um, px."""
    spacing: tuple[tuple[float, float], ...]
    """Smallest and largest by axis."""
    low: float
    """Smallest 1st percentile."""
    high: float
    """Largest 99th percentile."""
    contrast: float
    """Smallest distance of the two."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What the inputs of the learning cases were."""

    inputs: Mapping[str, Seen] = field(default_factory=dict)

    def reason(self, images: Mapping[str, Sequence[Image]]) -> str:
        """Return why one of a case's images is of another kind than those learned from; "" where none is."""
        found = (
            _reason(name, image, self.inputs[name]) for name, shown in images.items() if name in self.inputs for image in shown
        )
        return next((reason for reason in found if reason), "")


def fit_guard(cases: Iterable[Mapping[str, Sequence[Image]]]) -> Guard:
    """Return the guard of learning cases, each given as its images by input."""
    shown: dict[str, list[Image]] = {}
    for images in cases:
        for name, found in images.items():
            shown.setdefault(name, []).extend(found)
    return Guard(inputs={name: _seen(images) for name, images in shown.items() if images})


def _seen(images: Sequence[Image]) -> Seen:
    ends = np.array([_ends(image) for image in images])  # (N, 2)
    spacings = [image.grid.spacing for image in images]
    axes = min(len(spacing) for spacing in spacings)
    return Seen(
        channels=tuple(sorted({len(image.channels) for image in images})),
        world=tuple(sorted({image.grid.unit for image in images})),
        spacing=tuple((min(s[axis] for s in spacings), max(s[axis] for s in spacings)) for axis in range(axes)),
        low=float(ends[:, 0].min()),
        high=float(ends[:, 1].max()),
        contrast=float((ends[:, 1] - ends[:, 0]).min()),
    )


def _ends(image: Image) -> tuple[float, float]:
    """Return the 1st and 99th percentile of an image's finite numbers; 0 and 0 where there are none."""
    samples = image.array().reshape(-1)
    samples = samples[:: max(1, samples.size // COUNTED)].astype(np.float32)
    samples = samples[np.isfinite(samples)]
    low, high = np.percentile(samples, [1, 99]) if samples.size else (0.0, 0.0)
    return float(low), float(high)


def _reason(name: str, image: Image, seen: Seen) -> str:
    low, high = _ends(image)
    if len(image.channels) not in seen.channels and not (1 in seen.channels and _is_gray(image, high - low)):
        expected = " or ".join(map(str, seen.channels))
        return f"{name} has {len(image.channels)} channels, those learned from had {expected}"
    if image.grid.unit not in seen.world:
        return f"{name} is measured in {image.grid.unit}, those learned from in {' or '.join(seen.world)}"
    for axis, (spacing, (least, most)) in enumerate(zip(image.grid.spacing, seen.spacing, strict=False)):
        if not least / SPACING <= spacing <= most * SPACING:
            expected = f"{least:.3g} to {most:.3g} {image.grid.unit}"
            return f"{name} has a spacing of {spacing:.3g} {image.grid.unit} along axis {axis}, those learned from {expected}"
    margin = BEYOND * (seen.high - seen.low)
    if low < seen.low - margin or high > seen.high + margin:
        return f"{name} has numbers from {low:.4g} to {high:.4g}, those learned from {seen.low:.4g} to {seen.high:.4g}"
    if high - low < FLAT * seen.contrast:
        return f"{name} is nearly of one value: its numbers span {high - low:.3g}, those learned from {seen.contrast:.3g} or more"
    return ""


def _is_gray(image: Image, contrast: float) -> bool:
    """Tell whether an image's channels show the same, as where a gray film was saved as a colored picture."""
    samples = np.asarray(image.array(), np.float32)
    return bool(np.abs(samples - samples[:1]).mean() <= GRAY * max(contrast, 1e-8))
