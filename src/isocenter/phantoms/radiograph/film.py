"""From signal to the grey picture a reader sees: logarithm, range compression, edge enhancement, window, curve, 8 bits.

In:   signal (X, Y); a curve.
Out:  uint8 (X, Y), attenuation bright (MONOCHROME2) or dark (MONOCHROME1).
Not:  no noise, no letters' shapes (letters.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.radiograph.detector import wide_blur

Array = NDArray[np.float32]


class Curve(Record):
    """One picture's processing."""

    low: float
    """Share of the darkest pixels of the body that go black."""
    high: float
    """Share up to which the brightest do not yet go white."""
    flatten: float
    """0 none; 1 takes all that is coarser than `flatten_mm` away."""
    flatten_mm: float
    sharpen: float
    sharpen_mm: float
    steep: float
    """0 straight; larger, a steeper S."""
    gamma: float
    black: float
    """Grey of the darkest, in [0, 1]."""
    white: float
    inverted: bool


def draw_curve(scanner: Mapping[str, Any], parameters: Mapping[str, Any], rng: np.random.Generator, *, inverted: bool) -> Curve:
    """Draw how a scanner of this make shows this film: its own curve, and what its operator changed."""
    p = parameters
    return Curve(
        low=float(rng.uniform(*p["window_low"])),
        high=float(rng.uniform(*p["window_high"])),
        flatten=float(np.clip(scanner["flatten"] + 0.15 * rng.normal(), 0, 0.85)),
        flatten_mm=float(rng.uniform(*p["flatten_mm"])),
        sharpen=float(max(0.0, scanner["sharpen"] * (1 + 0.4 * rng.normal()))),
        sharpen_mm=float(rng.uniform(*p["sharpen_mm"])),
        steep=float(max(0.0, scanner["steep"] + 0.8 * rng.normal())),
        gamma=float(scanner["gamma"] * np.exp(p["gamma_spread"] * rng.normal())),
        black=float(max(0.0, rng.uniform(*p["black"]))),
        white=float(min(1.0, rng.uniform(*p["white"]))),
        inverted=inverted,
    )


def develop(signal: Array, reference: Array, curve: Curve, *, inside: NDArray[np.bool_], pixel_mm: float) -> Array:
    """Return the picture in [0, 1].

    reference : the signal the window is set by (the noise-free one, so that two scans share a window)
    inside    : pixels behind the body, which alone set the window; if next to none, all do
    """
    level, guide = _process(signal, curve, pixel_mm), _process(reference, curve, pixel_mm)
    chosen = guide[inside] if inside.mean() > 0.05 else guide
    low, high = np.quantile(chosen, [curve.low, curve.high])
    grey = np.clip((level - low) / max(float(high - low), 1e-6), 0, 1)
    if curve.steep > 0.05:
        k = curve.steep
        edge = np.tanh(k / 4)
        grey = 0.5 + 0.5 * np.tanh(k / 2 * (grey - 0.5)) / edge
    grey = np.clip(grey, 0, 1) ** np.float32(curve.gamma)
    return np.asarray(curve.black + (curve.white - curve.black) * grey, np.float32)


def to_bytes(grey: Array, curve: Curve) -> NDArray[np.uint8]:
    """Round [0, 1] to 0..255, inverted for MONOCHROME1."""
    shown = 1.0 - grey if curve.inverted else grey
    return np.asarray(np.clip(np.rint(shown * 255.0), 0, 255), np.uint8)


def _process(signal: Array, curve: Curve, pixel_mm: float) -> Array:
    """Logarithm, range compression and edge enhancement."""
    level = -np.log(np.maximum(signal, np.float32(1e-6)))
    level = np.minimum(level, np.float32(9.0))
    if curve.flatten > 0.01:
        level = level - np.float32(curve.flatten) * wide_blur(level, curve.flatten_mm / pixel_mm)
    if curve.sharpen > 0.01:
        level = level + np.float32(curve.sharpen) * (level - wide_blur(level, max(curve.sharpen_mm / pixel_mm, 0.6)))
    return np.asarray(level, np.float32)
