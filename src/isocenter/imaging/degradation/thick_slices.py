"""Thick slices: the stack a scanner acquires in place of a volume, few slices far apart, each the mean over its thickness.

In:   a volume; thickness and gap of the slices in mm, the profile of their sensitivity, how far each may lie beside its place.
Out:  the stack on its own, coarser grid: slice i shows what lies around the middle of its share of the extent.
Not:  no noise, no blur within the slices (the other degradations); nothing is interpolated back: a restoration does that.

Reference: Greenspan et al., Magn Reson Imaging 2002; 20:437-446 (profile of slices, and what is lost between them); Oktay et al.,
           MICCAI 2016, LNCS 9902:246-254 (slices of cardiac stacks, displaced by breaths held unlike).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.errors import GeometryError, SettingError, unknown
from isocenter.core.image import Image, held_image
from isocenter.imaging.degradation.degradation import Array, Degradation, amount_of, count_of

PROFILES = ("gaussian", "box")
WHOLE = 0.02
"""Share by which the distance of slices may differ from a whole number of samples."""
REACH = 3.0
"""A Gaussian profile ends after so many standard deviations."""
FWHM = 2.3548
"""Full width at half maximum of a Gaussian of standard deviation 1."""


def make(samples: Array, image: Image, rng: np.random.Generator, options: Mapping[str, Any]) -> Image:
    """Return the stack. SettingError for a distance that is no whole number of samples or leaves fewer than two slices."""
    if image.grid.ndim != 3:
        raise GeometryError(f"expected a volume for thick_slices, got {image.grid.ndim} axes.")
    axis = count_of(options, "axis", least=0, most=2)
    if options["profile"] not in PROFILES:
        raise SettingError(unknown("profile", options["profile"], PROFILES))
    thick, gap, shift = (amount_of(options, name) for name in ("thickness_mm", "gap_mm", "shift_mm"))
    step = image.grid.spacing_mm[axis]
    every = round((thick + gap) / step)
    count = image.grid.shape[axis] // max(every, 1)
    if thick <= 0 or every < 2 or count < 2 or abs((thick + gap) / step - every) > WHOLE * every:
        extent = step * image.grid.shape[axis]
        raise SettingError(
            f"expected slices whose thickness and gap are together a whole number, 2 or more, of the {step:.4g} mm between "
            f"samples, and at most half of the extent of {extent:.4g} mm; got {thick:g} and {gap:g} mm."
        )
    weights = _weights(count, image.grid.shape[axis], every, thick / step, options["profile"])
    moved = np.moveaxis(samples, axis + 1, -1)  # (C, U, V, W): in the plane, in the plane, through it
    stack = np.asarray(moved @ weights.T, np.float32)  # (C, U, V, slices)
    if shift > 0:
        plane = [s for a, s in enumerate(image.grid.spacing_mm) if a != axis]
        for at, by_mm in enumerate(rng.normal(0.0, shift, (count, 2))):
            by = [0.0, *(mm / s for mm, s in zip(by_mm, plane, strict=True))]
            stack[..., at] = ndimage.shift(stack[..., at], by, order=3, mode="nearest")
    covered, few = list(image.grid.shape), list(image.grid.shape)
    covered[axis], few[axis] = count * every, count
    grid = image.grid.crop((0, 0, 0), covered).sampled(few)
    return held_image(np.moveaxis(stack, -1, axis + 1).copy(), grid, unit=image.unit, channels=image.channels)


def _weights(count: int, length: int, every: int, thick: float, profile: str) -> NDArray[np.float32]:
    """Return what each slice takes of each sample, (count, length); a slice takes 1 in all.

    every : samples from slice to slice
    thick : of a slice, in samples
    """
    middles = (np.arange(count) + 0.5) * every - 0.5
    apart = np.abs(np.arange(length)[None] - middles[:, None])
    if profile == "box":
        taken = np.clip((thick + 1.0) / 2.0 - apart, 0.0, min(1.0, thick))  # samples at its border lie in it in part
    else:
        sigma = thick / FWHM
        taken = np.where(apart <= max(REACH * sigma, 0.5), np.exp(-0.5 * (apart / sigma) ** 2), 0.0)
    return np.asarray(taken / taken.sum(axis=1, keepdims=True), np.float32)


DEGRADATION = Degradation(
    name="thick_slices",
    does="Few thick slices in place of a volume, each displaced by itself.",
    cite="Greenspan et al., Magn Reson Imaging 2002; 20:437.",
    stacker=make,
    options={"thickness_mm": 10.0, "gap_mm": 0.0, "profile": "gaussian", "shift_mm": 0.0, "axis": 2},
)
